/// Which of several GGUF files a name means.
///
/// As llama.cpp's `-hf organisation/name:QUANTIZATION`: publishers end a file's name with its quantization.
package struct GGUFChoice: Equatable {
  /// The GGUF files that hold a model, sorted; those of a vision tower (mmproj) are none.
  let files: [String]

  package init(among names: some Sequence<String>) {
    files =
      names.filter { name in
        let name = name.lowercased()
        return name.hasSuffix(".gguf") && !name.contains("mmproj")
      }.sorted()
  }

  /// The files that are meant: one where the name is clear.
  ///
  /// - Parameter name: a file's name, with or without its folder, or a quantization in any case; nil for any file.
  package func matching(_ name: String?) -> [String] {
    guard let name else { return files }
    let exact = files.filter { $0 == name || $0.split(separator: "/").last.map(String.init) == name }
    if !exact.isEmpty { return exact }
    let wanted = name.lowercased()
    return files.filter { Self.quantization(of: $0).map { $0.lowercased() == wanted } ?? false }
  }

  /// "Q4_K_M" in `model-Q4_K_M.gguf`, `model.Q4_K_M.gguf` and `model-Q4_K_M-00001-of-00002.gguf`; nil where the name ends otherwise.
  static func quantization(of file: String) -> String? {
    var stem = file.split(separator: "/").last.map { $0.dropLast(".gguf".count) } ?? ""
    let parts = stem.split(separator: "-")
    if parts.count > 3, parts[parts.count - 2] == "of", parts[parts.count - 3].allSatisfy(\.isNumber) {
      stem = Substring(parts.dropLast(3).joined(separator: "-"))
    }
    guard let cut = stem.lastIndex(where: { $0 == "-" || $0 == "." }) else { return nil }
    let last = String(stem[stem.index(after: cut)...])
    let name = last.uppercased()
    let isOne =
      ["F32", "F16", "BF16"].contains(name)
      || ["Q", "IQ", "TQ", "MXFP", "NVFP"].contains { prefix in
        name.hasPrefix(prefix) && name.dropFirst(prefix.count).first?.isNumber == true
      }
    return isOne ? last : nil
  }

  /// The files by the shortest words that name one: quantizations where they differ, else the names.
  var names: [String] {
    let quantizations = files.map { Self.quantization(of: $0) ?? $0 }
    return Set(quantizations).count == files.count ? quantizations : files
  }
}

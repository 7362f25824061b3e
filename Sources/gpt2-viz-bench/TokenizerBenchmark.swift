import Dispatch
import Glibc
import LMCore

/// `gpt2-viz-bench tokenizer VOCAB_DIR TEXT_FILE [RUNS]`: the time to load a tokenizer, and to encode a file in one call on
/// one thread. Prints one JSON object with every run's times, and a checksum of the ids for comparison with others.
func benchmarkTokenizer(_ arguments: [String]) -> Int32 {
  guard arguments.count == 2 || arguments.count == 3, let runs = Int(arguments.dropFirst(2).first ?? "5"),
    runs > 0
  else {
    print("usage: gpt2-viz-bench tokenizer VOCAB_DIR TEXT_FILE [RUNS]")
    return 2
  }
  guard let text = contents(of: arguments[1]) else {
    print("\(arguments[1]) cannot be read")
    return 1
  }
  do {
    var loads: [Double] = []
    var encodes: [Double] = []
    var decodes: [Double] = []
    var ids: [Int] = []
    var isRestored = false
    for _ in 0..<runs {
      var tokenizer: (any Tokenizer)?
      try loads.append(seconds { tokenizer = try TokenizerFolder.read(arguments[0]) })
      guard let tokenizer else { return 1 }
      try encodes.append(seconds { ids = try tokenizer.encode(text) })
      decodes.append(seconds { isRestored = tokenizer.decode(ids).utf8.elementsEqual(text.utf8) })
    }
    // FNV-1a over the ids, 32 bits each.
    var checksum: UInt64 = 0xCBF2_9CE4_8422_2325
    for id in ids { checksum = (checksum ^ UInt64(id)) &* 0x100_0000_01B3 }
    let report: JSON = .object([
      JSON.Member("load_seconds", .array(loads.map { JSON($0) })),
      JSON.Member("encode_seconds", .array(encodes.map { JSON($0) })),
      JSON.Member("decode_and_compare_seconds", .array(decodes.map { JSON($0) })),
      JSON.Member("bytes", JSON(text.utf8.count)),
      JSON.Member("tokens", JSON(ids.count)),
      JSON.Member("checksum", JSON(String(checksum, radix: 16))),
      JSON.Member("restored", JSON(isRestored)),
    ])
    print(report)
    return 0
  } catch {
    print(error)
    return 1
  }
}

private func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try body()
  return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
}

func contents(of path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { break }
    bytes.append(contentsOf: chunk[..<count])
  }
  return ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
}

/// What `bench` measures of several texts at once.
struct BatchOptions: OptionValues {
  /// `--batches`
  var sizes: [Int] = []
}

extension OptionGroup {
  static let batches = OptionGroup(
    title: "Batches",
    options: [
      Option(
        "batches", nil, "LIST", "measure also steps of so many texts at once, as 1,8,32", \BatchOptions.sizes
      ) { argument throws(UsageError) in try argument.batchSizes() }
    ])
}

extension OptionArgument {
  private static let mostTexts = 256

  /// Numbers of texts with commas between them.
  fileprivate func batchSizes() throws(UsageError) -> [Int] {
    let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard sizes.allSatisfy({ $0.map((1...Self.mostTexts).contains) ?? false }) else {
      throw refused("numbers of 1 to \(Self.mostTexts) with commas between them, as 1,8,32")
    }
    return sizes.compactMap { $0 }
  }
}

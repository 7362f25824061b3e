import FuzzSupport

/// What a run is asked to do.
struct RunOptions {
  static let usage =
    "[--cases N] [--first N] [--seed N] [--kind NAME]... [--case N] [--findings FOLDER]; kinds: "
    + FuzzKind.all.map(\.name).joined(separator: ", ")

  var cases = 3000
  var first = 0
  var seed: UInt64 = 1
  var kinds: [FuzzKind] = []
  /// The one case that is run alone.
  var only: Int?
  /// Where inputs that failed are kept.
  var findings = ".fuzz"
  /// Where the undamaged inputs are written to, a folder a kind.
  var seedFolder: String?
  /// Whether this process does the work, and another looks on.
  var worker = false
  /// The file that both have in memory.
  var board = ""

  /// Nil for words that mean nothing.
  init?(_ words: [String]) {
    var words = words[...]
    while let word = words.popFirst() {
      if word == "--worker" {
        worker = true
        continue
      }
      guard let value = words.popFirst() else { return nil }
      switch word {
      case "--cases": cases = Int(value) ?? -1
      case "--first": first = Int(value) ?? -1
      case "--seed":
        guard let number = UInt64(value) else { return nil }
        seed = number
      case "--case":
        guard let number = Int(value), number >= 0 else { return nil }
        only = number
      case "--kind":
        guard let kind = FuzzKind.all.first(where: { $0.name == value }) else { return nil }
        kinds.append(kind)
      case "--write-seeds": seedFolder = value
      case "--findings": findings = value
      case "--board": board = value
      default: return nil
      }
    }
    guard cases >= 0, first >= 0 else { return nil }
    if kinds.isEmpty { kinds = FuzzKind.all }
  }

  /// The words that tell another process to do the work from a case on.
  func words(from number: Int, board: String) -> [String] {
    [
      "--worker", "--first", "\(number)", "--cases", "\(first + cases - number)", "--seed", "\(seed)",
      "--findings",
      findings, "--board", board,
    ] + kinds.flatMap { ["--kind", $0.name] }
  }
}

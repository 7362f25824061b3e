import LMCore

/// Damage to the lines and words of a text file, which stays readable.
enum LineMutations {
  /// - Parameter words: what such files are made of.
  static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource, words: [String]) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    for _ in 0...random.below(4) {
      guard !lines.isEmpty else { break }
      let line = random.below(lines.count)
      let other = random.below(lines.count)
      switch random.below(8) {
      case 0: lines.remove(at: line)
      case 1: lines.insert(lines[other], at: line)
      case 2: lines.swapAt(line, other)
      case 3 where line + 1 < lines.count: lines[line] += lines.remove(at: line + 1)
      case 4 where !words.isEmpty: lines.insert(Array(random.pick(words).utf8), at: line)
      case 5: lines[line] += random.pick(ByteMutations.texts)
      default: replaceWord(in: &lines[line], &random, words: words)
      }
    }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  private static func replaceWord(
    in line: inout [UInt8], _ random: inout RandomSource, words: [String]
  ) {
    var parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map(Array.init)
    let word = random.isOneIn(2) || words.isEmpty ? random.pick(ByteMutations.numbers) : random.pick(words)
    parts[random.below(parts.count)] = Array(word.utf8)
    line = Array(parts.joined(separator: [UInt8(ascii: " ")]))
  }
}

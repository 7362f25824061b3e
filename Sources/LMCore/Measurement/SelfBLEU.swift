import Glibc

/// BLEU-4 of each text of a collection with all others as its references (arXiv 1802.01886).
///
/// The figures are those of nltk's `sentence_bleu` with equal weights and `SmoothingFunction().method1`, which adds 0.1 to
/// a count of 0. For each n-gram it is enough to know the largest count in any text, whose it is, and the largest one besides:
/// the time grows with the number of tokens, not with that of pairs of texts.
struct SelfBLEU {
  private static let longest = 4
  private static let smoothing = 0.1

  /// The score of each text, in 0...1; none where there are fewer than two texts.
  let scores: [Double]

  init(_ texts: [[Int]]) {
    guard texts.count > 1 else {
      scores = []
      return
    }
    var logarithms = [Double](repeating: 0, count: texts.count)
    var matchesNothing = [Bool](repeating: false, count: texts.count)
    for length in 1...Self.longest {
      let precisions = Self.precisions(texts, length: length)
      for (text, precision) in precisions.enumerated() {
        if length == 1, precision.matches == 0 { matchesNothing[text] = true }
        let matches = precision.matches == 0 ? Self.smoothing : Double(precision.matches)
        logarithms[text] += log(matches / Double(max(precision.total, 1)))
      }
    }
    let lengths = LengthTable(texts.map(\.count))
    scores = texts.indices.map { text in
      guard !matchesNothing[text] else { return 0 }
      let mean = logarithms[text] / Double(Self.longest)
      return lengths.brevityPenalty(of: texts[text].count) * exp(mean)
    }
  }

  /// nil where there are fewer than two texts.
  var mean: Double? { scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count) }

  /// For each text: how many of its n-grams there are, and how many at most one of the other texts has as often.
  private static func precisions(_ texts: [[Int]], length: Int) -> [(matches: Int, total: Int)] {
    var most: [NGram: (count: Int, owner: Int, besides: Int)] = [:]
    for (text, ids) in texts.enumerated() {
      for (run, count) in NGram.counts(of: [ids], length: length) {
        var entry = most[run] ?? (0, text, 0)
        if count > entry.count {
          entry = (count, text, entry.count)
        } else {
          entry.besides = max(entry.besides, count)
        }
        most[run] = entry
      }
    }
    return texts.enumerated().map { text, ids in
      var matches = 0
      var total = 0
      for (run, count) in NGram.counts(of: [ids], length: length) {
        total += count
        guard let entry = most[run] else { continue }
        matches += min(count, entry.owner == text ? entry.besides : entry.count)
      }
      return (matches, total)
    }
  }
}

/// A run of one to four tokens.
struct NGram: Hashable {
  private let ids: SIMD4<Int>

  private init(_ run: ArraySlice<Int>) {
    // No id is negative, so that runs of different lengths are different.
    var ids = SIMD4(repeating: -1)
    for (place, id) in run.enumerated() { ids[place] = id }
    self.ids = ids
  }

  /// How often each run of `length` tokens, 1 to 4, occurs in the texts; no run goes from one text into the next.
  static func counts(of texts: [[Int]], length: Int) -> [NGram: Int] {
    var counts: [NGram: Int] = [:]
    for ids in texts where ids.count >= length {
      for start in 0...(ids.count - length) { counts[NGram(ids[start..<start + length]), default: 0] += 1 }
    }
    return counts
  }
}

/// The lengths of the texts of a collection: which of the others is nearest to a text's own.
private struct LengthTable {
  private let counts: [Int: Int]

  init(_ lengths: [Int]) { counts = Dictionary(lengths.map { ($0, 1) }, uniquingKeysWith: +) }

  /// BLEU's factor for a text that is shorter than the reference nearest in length; of two equally near the shorter.
  func brevityPenalty(of length: Int) -> Double {
    let others = counts.filter { $0.key != length || $0.value > 1 }.keys
    guard let nearest = others.min(by: { (abs($0 - length), $0) < (abs($1 - length), $1) }), length > 0 else {
      return 0
    }
    return length > nearest ? 1 : exp(1 - Double(nearest) / Double(length))
  }
}

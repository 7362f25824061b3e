/// Watches a text for repetition while it grows and shrinks, token by token.
///
/// The loop follows the rule of arXiv 1904.09751: a phrase of at least 2 tokens that stands at least 3 times in a row
/// at the end of the text. Everything is a function of the tokens alone, so stepping back is exact.
///
/// Cost for n tokens: `append` and each token of `truncate` O(1) on average, `loop` O(n), about a microsecond for
/// the longest text of GPT-2. `loop` is computed when it is read, so text without a screen pays nothing.
public struct RepetitionDetector: Sendable {
  /// A phrase repeating at the end of the text.
  public struct Loop: Hashable, Sendable {
    /// Tokens in the phrase, at least 2: the smallest number that fits. A run of one token counts as a phrase of 2.
    public let period: Int
    /// Whole copies from `start` on, at least 3. Less than one more copy may follow them.
    public let copies: Int
    /// Where the repetition began: the earliest token from which the text is periodic to its end. It stays where
    /// it is while the loop goes on, so the phrase does not rotate on screen.
    public let start: Int

    /// A loop with these values.
    public init(period: Int, copies: Int, start: Int) {
      (self.period, self.copies, self.start) = (period, copies, start)
    }

    /// The tokens of one copy, counted from 0.
    public func range(ofCopy copy: Int) -> Range<Int> {
      let first = start + copy * period
      return first..<first + period
    }
  }

  /// The tokens of the text.
  public private(set) var tokens: [Int] = []
  private var bigrams = RunCounter<SIMD2<Int>>()
  private var fourGrams = RunCounter<SIMD4<Int>>()

  /// A detector for an empty text.
  public init() {}

  /// Adds a token at the end.
  public mutating func append(_ id: Int) {
    tokens.append(id)
    if let last = lastBigram { bigrams.add(last) }
    if let last = lastFourGram { fourGrams.add(last) }
  }

  /// Forgets everything from position `count` on, which must be in 0...tokens.count.
  public mutating func truncate(to count: Int) {
    precondition((0...tokens.count).contains(count), "a text can only be truncated to what it holds")
    while tokens.count > count {
      if let last = lastBigram { bigrams.remove(last) }
      if let last = lastFourGram { fourGrams.remove(last) }
      tokens.removeLast()
    }
  }

  /// The shortest phrase that repeats at the end, nil where none does.
  public var loop: Loop? { Self.loop(atEndOf: tokens) }

  /// The shortest phrase that repeats at the end of a text, nil where none does.
  public static func loop(atEndOf tokens: [Int]) -> Loop? {
    let longest = tokens.count / 3
    guard longest >= 2 else { return nil }
    // Three copies of P tokens at the end mean that the last 2P tokens equal those P places before them.
    let matches = suffixMatches(of: tokens, upTo: longest)
    guard let period = (2...longest).first(where: { matches[$0] >= 2 * $0 }) else { return nil }
    let length = matches[period] + period
    return Loop(period: period, copies: length / period, start: tokens.count - length)
  }

  /// The phrase that stands most often in a row anywhere in a text, by the same rule; of equals the shortest, then the
  /// last. Looks at the last 2,048 tokens and phrases of up to 64, which bounds the time to a tenth of a millisecond.
  public static func longestLoop(in tokens: [Int]) -> Loop? {
    let begin = max(tokens.count - 2048, 0)
    var best: Loop?
    for period in stride(from: 2, through: min((tokens.count - begin) / 3, 64), by: 1) {
      var run = 0
      for index in begin + period..<tokens.count {
        run = tokens[index] == tokens[index - period] ? run + 1 : 0
        let copies = run / period + 1
        guard copies >= 3,
          copies > best?.copies ?? 0 || (best?.period == period && copies >= best?.copies ?? 0)
        else { continue }
        best = Loop(period: period, copies: copies, start: index - run - period + 1)
      }
    }
    return best
  }

  /// The share of the 4-grams that occurred before in the text (seq-rep-4, arXiv 1908.04319); 0 below 4 tokens.
  public var repeatedFourGramShare: Double {
    fourGrams.total == 0 ? 0 : 1 - Double(fourGrams.distinct) / Double(fourGrams.total)
  }

  /// The share of distinct pairs among all pairs of neighbours (distinct-2, arXiv 1510.03055); 1 below 2 tokens.
  public var distinctTwoShare: Double {
    bigrams.total == 0 ? 1 : Double(bigrams.distinct) / Double(bigrams.total)
  }

  private var lastBigram: SIMD2<Int>? {
    let n = tokens.count
    return n < 2 ? nil : SIMD2(tokens[n - 2], tokens[n - 1])
  }

  private var lastFourGram: SIMD4<Int>? {
    let n = tokens.count
    return n < 4 ? nil : SIMD4(tokens[n - 4], tokens[n - 3], tokens[n - 2], tokens[n - 1])
  }

  /// For each P in 1...longest: how many tokens at the end equal the token P places before them (index 0 unused).
  ///
  /// The Z algorithm on the reversed text: `left..<right` is the known match that reaches furthest, and inside it
  /// an earlier answer is copied instead of compared anew.
  private static func suffixMatches(of tokens: [Int], upTo longest: Int) -> [Int] {
    let count = tokens.count
    func reversed(_ index: Int) -> Int { tokens[count - 1 - index] }
    var matches = [Int](repeating: 0, count: longest + 1)
    var (left, right) = (0, 0)
    for shift in 1...longest {
      var length = shift < right ? min(right - shift, matches[shift - left]) : 0
      while shift + length < count, reversed(length) == reversed(shift + length) { length += 1 }
      matches[shift] = length
      if shift + length > right { (left, right) = (shift, shift + length) }
    }
    return matches
  }
}

/// How often each run of tokens occurs, with removal.
private struct RunCounter<Run: Hashable & Sendable>: Sendable {
  private var counts: [Run: Int] = [:]
  private(set) var total = 0
  var distinct: Int { counts.count }

  mutating func add(_ run: Run) {
    counts[run, default: 0] += 1
    total += 1
  }

  /// Takes back one that was added.
  mutating func remove(_ run: Run) {
    counts[run, default: 0] -= 1
    if counts[run] == 0 { counts[run] = nil }
    total -= 1
  }
}

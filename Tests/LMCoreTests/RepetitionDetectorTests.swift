import LMCore
import Testing

@Suite struct RepetitionDetectorTests {
  private func detector(_ tokens: [Int]) -> RepetitionDetector {
    var detector = RepetitionDetector()
    for token in tokens { detector.append(token) }
    return detector
  }

  /// Tries every period, shortest first, by comparing copies; then walks to where the periodicity began.
  private func bruteForceLoop(_ tokens: [Int]) -> RepetitionDetector.Loop? {
    let count = tokens.count
    for period in 2..<max(count / 3 + 1, 2) {
      let phrase = Array(tokens.suffix(period))
      let copies = (1...3).map { Array(tokens[(count - $0 * period)..<(count - ($0 - 1) * period)]) }
      guard copies.allSatisfy({ $0 == phrase }) else { continue }
      var start = count - 3 * period
      while start > 0, tokens[start - 1] == tokens[start - 1 + period] { start -= 1 }
      return .init(period: period, copies: (count - start) / period, start: start)
    }
    return nil
  }

  private func bruteForceShares(_ tokens: [Int]) -> (repeated: Double, distinct: Double) {
    func runs(_ length: Int) -> [[Int]] {
      tokens.count < length ? [] : (0...(tokens.count - length)).map { Array(tokens[$0..<$0 + length]) }
    }
    let (pairs, fours) = (runs(2), runs(4))
    let repeated = fours.indices.count { fours[..<$0].contains(fours[$0]) }
    return (
      fours.isEmpty ? 0 : Double(repeated) / Double(fours.count),
      pairs.isEmpty ? 1 : Double(Set(pairs).count) / Double(pairs.count)
    )
  }

  /// Random tokens of a small alphabet, into which phrases are copied several times.
  private func text(_ random: inout RandomSource) -> [Int] {
    let alphabet = Int.random(in: 1...4, using: &random)
    func run(_ length: ClosedRange<Int>) -> [Int] {
      (0..<Int.random(in: length, using: &random)).map { _ in Int.random(in: 0..<alphabet, using: &random) }
    }
    var tokens = run(0...12)
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let phrase = run(1...7)
      for _ in 0..<Int.random(in: 1...6, using: &random) { tokens += phrase }
      tokens += phrase.prefix(Int.random(in: 0...phrase.count, using: &random))
      tokens += run(0...2)
    }
    return tokens
  }

  @Test(arguments: 0..<10) func agreesWithBruteForceOnTenThousandTexts(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    var found = 0
    for _ in 0..<1_000 {
      let tokens = text(&random)
      let detector = detector(tokens)
      let expected = bruteForceLoop(tokens)
      #expect(detector.loop == expected, "\(tokens)")
      let shares = bruteForceShares(tokens)
      #expect(abs(detector.repeatedFourGramShare - shares.repeated) < 1e-12, "\(tokens)")
      #expect(detector.distinctTwoShare == shares.distinct, "\(tokens)")
      if expected != nil { found += 1 }
    }
    // Both outcomes must really occur.
    #expect((200...900).contains(found))
  }

  @Test(arguments: 0..<5) func steppingBackIsExact(seed: Int) {
    var random = RandomSource(seed: UInt64(50 + seed))
    var stepped = RepetitionDetector()
    for _ in 0..<300 {
      if random.nextUniform() < 0.75 {
        stepped.append(Int.random(in: 0..<2, using: &random))
      } else {
        stepped.truncate(to: Int.random(in: 0...stepped.tokens.count, using: &random))
      }
      let fresh = detector(stepped.tokens)
      #expect(stepped.loop == fresh.loop)
      #expect(stepped.repeatedFourGramShare == fresh.repeatedFourGramShare)
      #expect(stepped.distinctTwoShare == fresh.distinctTwoShare)
    }
  }

  @Test(
    arguments: [
      ([], nil),
      ([1, 2, 1, 2], nil),
      ([1, 2, 1, 2, 1], nil),
      ([1, 2, 1, 2, 1, 2], .init(2, 3, 0)),
      ([9, 1, 2, 1, 2, 1, 2, 1], .init(2, 3, 1)),
      ([1, 2, 1, 2, 1, 2, 3], nil),
      ([5, 5, 5, 5, 5], nil),
      ([5, 5, 5, 5, 5, 5], .init(2, 3, 0)),
      ([5, 5, 5, 5, 5, 5, 5, 5, 5], .init(2, 4, 0)),
      // The phrase itself begins with a short run; the shorter period needs three copies of two.
      ([7, 8, 8, 7, 8, 8, 7, 8, 8], .init(3, 3, 0)),
    ] as [([Int], Expectation?)])
  func findsTheLoop(tokens: [Int], expected: Expectation?) {
    let loop = detector(tokens).loop
    #expect(loop.map { Expectation($0.period, $0.copies, $0.start) } == expected)
  }

  struct Expectation: Equatable, Sendable {
    let period: Int
    let copies: Int
    let start: Int
    init(_ period: Int, _ copies: Int, _ start: Int) {
      (self.period, self.copies, self.start) = (period, copies, start)
    }
  }

  @Test func phraseStaysWhileTheLoopGoesOn() throws {
    let phrase = [3, 1, 4, 5]
    var detector = detector([9, 9])
    for index in 0..<40 {
      detector.append(phrase[index % 4])
      guard index >= 11 else { continue }
      let loop = try #require(detector.loop)
      #expect(loop.period == 4 && loop.start == 2 && loop.copies == (index + 1) / 4)
      for copy in 0..<loop.copies { #expect(Array(detector.tokens[loop.range(ofCopy: copy)]) == phrase) }
    }
  }
}

import Testing

@testable import LMCore

/// The fast merger against the algorithm as it is defined.
@Suite struct BytePairMergerTests {
  /// Merges the lowest-ranked, leftmost pair until none is left.
  private func naive(_ piece: [UInt8], _ merges: [(Int, Int, Int)]) -> [Int] {
    var ids = piece.map(Int.init)
    while true {
      var best: (rank: Int, place: Int)?
      for place in ids.indices.dropLast() {
        // The later of two equal pairs counts.
        let rank = merges.lastIndex { $0.0 == ids[place] && $0.1 == ids[place + 1] }
        if let rank, rank < best?.rank ?? Int.max { best = (rank, place) }
      }
      guard let best else { return ids }
      ids.replaceSubrange(best.place...best.place + 1, with: [merges[best.rank].2])
    }
  }

  private func fast(_ piece: [UInt8], _ merger: BytePairMerger) -> [Int] {
    var scratch = BytePairMerger.Scratch()
    var output: [Int] = []
    piece.withUnsafeBytes { merger.merge($0, scratch: &scratch, output: &output) }
    return output
  }

  /// Random merges, also such as no training would give: results that are merged before their parts.
  @Test(arguments: 0..<60)
  func randomMerges(_ seed: Int) {
    var generator = RandomSource(seed: UInt64(seed))
    var merger = BytePairMerger(byteIDs: (0..<256).map(Optional.init), expectedMerges: seed)
    var merges: [(Int, Int, Int)] = []
    var symbols = [0, 1, 2]
    for _ in 0..<Int.random(in: 0...25, using: &generator) {
      let (left, right) = (
        symbols.randomElement(using: &generator)!, symbols.randomElement(using: &generator)!
      )
      let result = 256 + merges.count
      merges.append((left, right, result))
      symbols.append(result)
    }
    merges.shuffle(using: &generator)
    for (left, right, result) in merges { merger.append(left: left, right: right, result: result) }
    for length in Array(1...60) + [100, 200] {
      let piece = (0..<length).map { _ in UInt8.random(in: 0...2, using: &generator) }
      #expect(fast(piece, merger) == naive(piece, merges), "\(piece) with \(merges)")
    }
  }

  /// A long run takes the leftmost of equal pairs: a a a -> aa a.
  @Test func runsOfOneByte() {
    var merger = BytePairMerger(byteIDs: (0..<256).map(Optional.init), expectedMerges: 2)
    merger.append(left: 0, right: 0, result: 256)
    merger.append(left: 256, right: 256, result: 257)
    for length in [1, 2, 3, 5, 7, 48, 49, 50, 51, 1001] {
      let expected =
        Array(repeating: 257, count: length / 4) + Array(repeating: 256, count: length % 4 / 2)
        + Array(repeating: 0, count: length % 2)
      #expect(fast(Array(repeating: 0, count: length), merger) == expected)
    }
  }
}

import Glibc

/// The most probable tokens behind a text, as a server told them, checked.
package struct ServedHead: Equatable, Sendable {
  /// By probability descending, ties lowest id first; no id twice.
  package let ids: [Int32]
  /// ln p of each, 0 or less, or minus infinity; at temperature 1.
  package let logProbabilities: [Double]
  /// The probability of all other tokens together; one number where it is known.
  package let restMass: ClosedRange<Double>
  /// What the answer told of tokens' bytes.
  package let pieces: TokenPieces

  /// Natural logarithms are 32-bit floats, and sums of a hundred thousand of them were seen to be 2.4e-4 too large.
  static let mostMass = 1.001
  /// vLLM writes this for minus infinity.
  private static let floor = -9000.0

  /// Sorts and checks what a server told.
  ///
  /// - Parameters:
  ///   - ranks: how many were asked for. What stands behind them is no rank: some servers add the token they drew.
  ///   - error: how much the sum of all probabilities may differ from 1; 0 where it is known to be 1.
  init(
    _ tokens: [(id: Int, logProbability: Double)], pieces: TokenPieces = TokenPieces(), asked ranks: Int,
    vocabularySize: Int, error: Double = 0
  ) throws(AnswerError) {
    guard !tokens.isEmpty else { throw .noDistribution }
    for (id, value) in tokens {
      guard (0..<vocabularySize).contains(id) else {
        throw .idOutOfRange(id: id, vocabularySize: vocabularySize)
      }
      // Rounding may leave the only possible token a little above 0. False for NaN.
      guard value <= 1e-3 else { throw .invalidNumber }
    }
    if let twice = Self.duplicate(tokens.map(\.id), vocabularySize) { throw .idTwice(twice) }
    func isBefore(_ one: (id: Int, logProbability: Double), _ other: (id: Int, logProbability: Double))
      -> Bool
    {
      one.logProbability == other.logProbability
        ? one.id < other.id : one.logProbability > other.logProbability
    }
    // Most servers sort by themselves.
    let areSorted = zip(tokens, tokens.dropFirst()).allSatisfy(isBefore)
    let known = (areSorted ? tokens : tokens.sorted(by: isBefore)).prefix(ranks)
    guard known[0].logProbability > Self.floor else { throw .invalidNumber }
    ids = known.map { Int32($0.id) }
    logProbabilities = known.map { $0.logProbability > Self.floor ? min($0.logProbability, 0) : -.infinity }
    let mass = logProbabilities.reduce(0) { $0 + exp($1) }
    guard mass <= Self.mostMass else { throw .tooMuchMass }
    restMass =
      known.count == vocabularySize
      ? 0...0 : max(1 - mass, 0)...max(1 - mass + error, 0)
    self.pieces = pieces
  }

  /// What was checked before.
  private init(
    _ ids: [Int32], _ logProbabilities: [Double], restMass: ClosedRange<Double>
  ) {
    (self.ids, self.logProbabilities, self.restMass) = (ids, logProbabilities, restMass)
    pieces = TokenPieces()
  }

  /// Without the names of its tokens.
  var withoutPieces: ServedHead { ServedHead(ids, logProbabilities, restMass: restMass) }

  /// The first ranks alone; what they leave out is in the rest.
  func first(_ count: Int) -> ServedHead {
    guard count < ids.count else { return self }
    let left = logProbabilities[count...].reduce(0) { $0 + exp($1) }
    return ServedHead(
      Array(ids[..<count]), Array(logProbabilities[..<count]),
      restMass: restMass.lowerBound + left...restMass.upperBound + left)
  }

  /// A head as it was saved. Throws where it is none.
  init(
    saved tokens: [(id: Int, logProbability: Double)], restMass: ClosedRange<Double>, vocabularySize: Int
  ) throws(AnswerError) {
    let checked = try ServedHead(tokens, asked: tokens.count, vocabularySize: vocabularySize)
    self.init(checked.ids, checked.logProbabilities, restMass: restMass)
  }

  private static func duplicate(_ ids: [Int], _ vocabularySize: Int) -> Int? {
    // A mark for each token of the vocabulary costs less than sorting many.
    guard ids.count > vocabularySize / 32 else {
      let sorted = ids.sorted()
      return zip(sorted, sorted.dropFirst()).first { $0 == $1 }?.0
    }
    var isSeen = [Bool](repeating: false, count: vocabularySize)
    for id in ids {
      if isSeen[id] { return id }
      isSeen[id] = true
    }
    return nil
  }
}

/// The bytes of some tokens, in one array: an answer may have all of a vocabulary.
package struct TokenPieces: Equatable, Sendable {
  package private(set) var ids: [Int32] = []
  private var bytes: [UInt8] = []
  private var ends: [Int32] = []

  package init() {}

  /// A token without bytes is left out: servers do so with special tokens, and with parts of characters.
  mutating func append(_ id: Int, _ piece: some Sequence<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: piece)
    guard bytes.count > start, let id = Int32(exactly: id) else { return }
    ids.append(id)
    ends.append(Int32(bytes.count))
  }

  /// - Parameter index: in `ids`.
  package subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
  }
}

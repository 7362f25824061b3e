import Glibc

/// One token in a model's own distribution, softmax(logits) at temperature 1.
public struct BeliefRow: Hashable, Sendable {
  /// From 1, by probability descending (to the last bit of the logits), ties lowest id first.
  public let rank: Int
  /// The token's id.
  public let id: Int
  /// Minus infinity for a token that the model rules out. Rounded where logits were given as Double. Where only
  /// probabilities are known, ln p.
  public let logit: Float
  /// softmax(logits) of the token, in 0...1.
  public let probability: Double
  /// The sum of the probabilities of ranks 1...rank; exactly 1 at rank V.
  public let cumulative: Double

  init(rank: Int, id: Int, logit: Float, probability: Double, cumulative: Double) {
    (self.rank, self.id, self.logit) = (rank, id, logit)
    (self.probability, self.cumulative) = (probability, cumulative)
  }
}

/// A model's own distribution over the next token, as far as it is known: all ranks; the first ones and the mass of the
/// rest, as a server tells them; or the first ones and single tokens below them, as a trace holds them.
///
/// It is read by rank or by token, a row at a time. What is not known has no row.
public struct Belief: Sendable {
  /// V
  public let vocabularySize: Int
  /// How many of the first ranks are known without a gap: V for logits.
  public let knownRanks: Int
  /// How many of them the source told: more than are known where a trace recorded fewer.
  package let toldRanks: Int
  /// -sum p log2 p, in bits. Of a head the middle of `entropyBounds`.
  public let entropy: Double
  /// Where the entropy lies, in bits.
  public let entropyBounds: ClosedRange<Double>
  let content: Content

  enum Content: Sendable {
    /// All tokens, or a head with the mass of the rest: the chain can run on it.
    case complete(RankedScores)
    /// By rank; and where each token stands among them.
    case head([BeliefRow], indices: [Int: Int], restMass: ClosedRange<Double>?)
  }

  /// Ranks a model's logits, [V] by id.
  ///
  /// Throws when there is no logit, one is NaN or plus infinity, or all are minus infinity.
  public init(_ logits: [Float]) throws(SamplingError) { self.init(try RankedScores(logits)) }

  /// Logits of another source, with more digits or a wider range than a float has. The same errors.
  public init(precise logits: [Double]) throws(SamplingError) {
    self.init(try RankedScores(precise: logits))
  }

  private init(_ ranked: RankedScores) {
    vocabularySize = ranked.vocabularySize
    (knownRanks, toldRanks) = (ranked.rankCount, ranked.rankCount)
    let bounds = ranked.entropyBounds
    entropyBounds = bounds.lowerBound * bitsPerNat...bounds.upperBound * bitsPerNat
    entropy = (entropyBounds.lowerBound + entropyBounds.upperBound) / 2
    content = .complete(ranked)
  }

  /// The head of a distribution, as a server tells it.
  ///
  /// - Parameters:
  ///   - ids: by probability descending, ties lowest id first, no id twice, all in 0..<V; not empty.
  ///   - logProbabilities: ln p of each, at most 0; the first one is finite.
  ///   - restMass: where the probability of all other tokens together lies.
  package init(
    head ids: [Int32], logProbabilities: [Double], restMass: ClosedRange<Double>, vocabularySize: Int
  ) {
    precondition(!ids.isEmpty && ids.count == logProbabilities.count, "a head has at least one rank")
    self.init(
      RankedScores(
        head: ids, scores: logProbabilities, restMass: restMass, vocabularySize: vocabularySize))
  }

  /// The probability of the tokens that the source did not tell, between its bounds; 0 where it told all, nil for a
  /// recording of a whole distribution.
  public var restMass: ClosedRange<Double>? {
    switch content {
    case .complete(let ranked):
      guard let rest = ranked.rest else { return 0...0 }
      return rest.weight.lowerBound / ranked.total...rest.weight.upperBound / ranked.total
    case .head(_, _, let restMass): return restMass
    }
  }

  /// False where only probabilities are known: then `BeliefRow.logit` is ln p. nil for a recording, which may hold either.
  public var hasLogits: Bool? {
    if case .complete(let ranked) = content { ranked.hasLogits } else { nil }
  }

  /// What was recorded of a distribution of V tokens.
  ///
  /// - Parameters:
  ///   - rows: by rank ascending, no id twice.
  ///   - entropy: of the whole distribution, in bits.
  ///   - restMass: what a server had not told; nil where all was known.
  ///   - toldRanks: how many ranks the server had told; nil where all were known.
  init(
    recorded rows: [BeliefRow], vocabularySize: Int, entropy: Double,
    entropyBounds: ClosedRange<Double>? = nil, restMass: ClosedRange<Double>? = nil, toldRanks: Int? = nil
  ) {
    (self.vocabularySize, self.toldRanks) = (vocabularySize, toldRanks ?? vocabularySize)
    (self.entropy, self.entropyBounds) = (entropy, entropyBounds ?? entropy...entropy)
    knownRanks = zip(rows, 1...).prefix { $0.rank == $1 }.count
    content = .head(
      rows, indices: Dictionary(zip(rows.map(\.id), rows.indices)) { first, _ in first }, restMass: restMass)
  }

  /// nil where the rank is not known, or lies outside 1...V.
  public func row(atRank rank: Int) -> BeliefRow? {
    switch content {
    case .complete(let ranked):
      guard (1...knownRanks).contains(rank) else { return nil }
      return BeliefRow(
        rank: rank, id: Int(ranked.ranking[rank - 1]), logit: Float(ranked.scores[rank - 1]),
        probability: ranked.probability(atRank: rank - 1),
        cumulative: ranked.cumulative(atRank: rank - 1))
    case .head(let rows, _, _):
      let index = rows.indices.partitioningIndex { rows[$0].rank >= rank }
      return index < rows.count && rows[index].rank == rank ? rows[index] : nil
    }
  }

  /// nil for a token that is not known, or whose id lies outside 0..<V.
  public func row(of id: Int) -> BeliefRow? {
    switch content {
    case .complete(let ranked):
      guard (0..<vocabularySize).contains(id) else { return nil }
      return ranked.rank(of: id).flatMap { row(atRank: $0 + 1) }
    case .head(let rows, let indices, _):
      return indices[id].map { rows[$0] }
    }
  }

  /// ln p of a token, exact where the probability itself rounds to 0; nil for a token that is not known.
  public func logProbability(of id: Int) -> Double? {
    guard let row = row(of: id) else { return nil }
    guard case .complete(let ranked) = content else { return log(row.probability) }
    return ranked.scores[row.rank - 1] - ranked.scores[0] - log(ranked.total)
  }

  /// ln p of every token by id, and a belief with these as logits; nil where not all are known.
  func ofLogProbabilities() throws(SamplingError) -> (values: [Double], belief: Belief)? {
    guard case .complete(let ranked) = content, ranked.rest == nil else { return nil }
    let shift = ranked.scores[0] + log(ranked.total)
    var values = [Double](repeating: -.infinity, count: vocabularySize)
    for (id, score) in zip(ranked.ranking, ranked.scores) { values[Int(id)] = score - shift }
    return (values, try Belief(values.map { Float($0) }))
  }

  /// The ids of all rows that are known, by rank: also those that a recording has below its first ranks.
  public var listedIDs: some Collection<Int> {
    let count = if case .head(let rows, _, _) = content { rows.count } else { knownRanks }
    return ids(ofFirst: count)
  }

  /// The ids of ranks 1...knownRanks, in their order.
  public var knownIDs: some Collection<Int> { ids(ofFirst: knownRanks) }

  private func ids(ofFirst count: Int) -> some Collection<Int> {
    (0..<count).lazy.map { [content] place in
      switch content {
      case .complete(let ranked): Int(ranked.ranking[place])
      case .head(let rows, _, _): rows[place].id
      }
    }
  }

  /// The shortest p, of at most six decimals, with which top-p keeps the `rank` most probable tokens at a temperature
  /// and no other filter; nil where not all logits are known.
  public func topP(keeping rank: Int, temperature: Double) -> Double? {
    guard case .complete(let ranked) = content, ranked.rest == nil, (1...vocabularySize).contains(rank) else {
      return nil
    }
    let weights = ranked.scores.map { exp(($0 - ranked.scores[0]) / temperature) }
    let total = weights.reduce(0, +)
    let below = weights[..<(rank - 1)].reduce(0, +) / total
    let reached = below + weights[rank - 1] / total
    for scale in [1e2, 1e3, 1e4, 1e5, 1e6] {
      let rounded = (reached * scale).rounded(.down) / scale
      if rounded > below { return rounded }
    }
    return min(reached, 1)
  }
}

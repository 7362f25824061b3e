import Glibc

/// Contrastive search (Su et al., arXiv 2202.06417) as `transformers` 4 runs it, one step at a time: pure, since what the model
/// believes and its hidden states are given.
///
/// 1. The k likeliest tokens are tried: the model reads each of them behind the text.
/// 2. A token's similarity is the largest cosine between its own hidden state and that of any position before it, prompt included.
/// 3. The score is (1 - alpha) p - alpha * similarity, p over the whole vocabulary. The best goes on; ties: the likelier.
public struct ContrastiveSearch: Sendable {
  /// The settings.
  public let settings: ContrastiveSettings
  private let chain: SamplerChain
  private let breakers: SequenceBreakers
  private let promptIDs: [Int]
  /// The hidden states of the text, each divided by its length.
  private var directions: [[Float]]

  /// A search at the prompt.
  ///
  /// - Parameter states: the hidden states [C] of the prompt's tokens.
  /// - Throws: `SamplingError`.
  init(
    _ settings: ContrastiveSettings, promptIDs: [Int], states: [[Float]], breakers: SequenceBreakers
  ) throws(SamplingError) {
    (self.settings, self.promptIDs, self.breakers) = (settings, promptIDs, breakers)
    chain = try settings.chain()
    directions = states.map(Self.direction)
  }

  /// The tokens that are tried, the likeliest first, with their p behind penalties and bans.
  func candidates(
    of belief: Belief, behind generated: [Int]
  ) throws(SamplingError) -> [(id: Int, probability: Double)] {
    let context = ChainContext(
      history: promptIDs + generated, promptCount: promptIDs.count, breakers: breakers)
    let scores = try chain.scores(of: belief, context, keepingAtLeast: 1)
    guard let first = scores.first?.score else { return [] }
    let total = scores.reduce(0) { $0 + exp($1.score - first) }
    return scores.prefix(settings.candidateCount).map { ($0.id, exp($0.score - first) / total) }
  }

  /// Chooses one of the candidates; its hidden state is one of the text's from then on.
  ///
  /// - Parameters:
  ///   - candidates: as `candidates(of:behind:)` gives them; at least one.
  ///   - states: the hidden state [C] of each.
  mutating func choose(
    among candidates: [(id: Int, probability: Double)], states: [[Float]]
  ) -> ContrastiveStep {
    let own = states.map(Self.direction)
    let rows = zip(candidates, own).map { candidate, direction in
      let similarity = directions.map { Self.product(direction, $0) }.max() ?? 0
      return ContrastiveCandidate(
        id: candidate.id, probability: candidate.probability, similarity: similarity,
        score: (1 - settings.alpha) * candidate.probability - settings.alpha * similarity)
    }
    var place = 0
    for (index, row) in rows.enumerated() where row.score > rows[place].score { place = index }
    directions.append(own[place])
    return ContrastiveStep(candidates: rows, place: place)
  }

  private static func direction(of state: [Float]) -> [Float] {
    let length = Float(product(state, state).squareRoot())
    return length > 0 ? state.map { $0 / length } : state
  }

  private static func product(_ a: [Float], _ b: [Float]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = 0.0
        for index in 0..<min(a.count, b.count) { sum += Double(a[index]) * Double(b[index]) }
        return sum
      }
    }
  }
}

/// A token that contrastive search has tried.
public struct ContrastiveCandidate: Hashable, Sendable {
  /// The token.
  public let id: Int
  /// p over the whole vocabulary, behind penalties and bans.
  public let probability: Double
  /// The largest cosine between its hidden state and one of the text, in -1...1.
  public let similarity: Double
  /// (1 - alpha) p - alpha * similarity.
  public let score: Double

  /// The numbers under their names.
  public var json: JSON {
    ["id": JSON(id), "p": JSON(probability), "similarity": JSON(similarity), "score": JSON(score)]
  }
}

/// One step of contrastive search.
public struct ContrastiveStep: Hashable, Sendable {
  /// What was tried, the likeliest first.
  public let candidates: [ContrastiveCandidate]
  /// Which of them is chosen, from 0.
  public let place: Int

  /// The id of the token that is chosen.
  public var id: Int { candidates[place].id }
}

import Glibc

/// Contrastive search (Su et al., arXiv 2202.06417) as `transformers` 4 runs it, one step at a time: pure, since what the model
/// believes and its hidden states are given.
///
/// 1. The k likeliest tokens are tried: the model reads each of them behind the text.
/// 2. A token's similarity is the largest cosine between its own hidden state and that of any position before it, prompt included.
/// 3. The score is (1 - alpha) p - alpha * similarity, p over the whole vocabulary. The best goes on; ties: the likelier.
public struct ContrastiveSearch: Sendable {
  /// The settings.
  private(set) var settings: ContrastiveSettings
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

  /// Other candidates and another weight from the next step on. Penalties and bans stay.
  ///
  /// - Throws: `SamplingError`; the search is then as it was.
  mutating func set(candidateCount: Int, alpha: Double) throws(SamplingError) {
    var turned = settings
    (turned.candidateCount, turned.alpha) = (candidateCount, alpha)
    try turned.validate()
    settings = turned
  }

  /// What of the text a hidden state [C] is most like.
  func likeness(of state: [Float]) -> Likeness {
    let own = Self.direction(of: state)
    var best = Likeness(similarity: -.infinity, position: 0)
    for (position, direction) in directions.enumerated() {
      let similarity = Self.product(own, direction)
      if similarity > best.similarity { best = Likeness(similarity: similarity, position: position) }
    }
    return best
  }

  /// Weighs the candidates; at least one, as `candidates(of:behind:)` gives them.
  func choose(
    among candidates: [(id: Int, probability: Double)], _ likenesses: [Likeness]
  ) -> ContrastiveStep {
    let rows = zip(candidates, likenesses).map { candidate, likeness in
      ContrastiveCandidate(
        id: candidate.id, probability: candidate.probability, similarity: likeness.similarity,
        nearest: likeness.position,
        score: (1 - settings.alpha) * candidate.probability - settings.alpha * likeness.similarity)
    }
    var place = 0
    for (index, row) in rows.enumerated() where row.score > rows[place].score { place = index }
    return ContrastiveStep(candidates: rows, place: place, alpha: settings.alpha)
  }

  /// The same, with the hidden state [C] of each; that of the chosen one is one of the text's from then on.
  mutating func choose(
    among candidates: [(id: Int, probability: Double)], states: [[Float]]
  ) -> ContrastiveStep {
    let step = choose(among: candidates, states.map(likeness))
    append(states[step.place])
    return step
  }

  /// The hidden state [C] of the next token of the text.
  mutating func append(_ state: [Float]) { directions.append(Self.direction(of: state)) }

  /// Forgets all tokens behind the first so many generated ones.
  mutating func shorten(toGenerated count: Int) {
    directions.removeSubrange(min(promptIDs.count + count, directions.count)...)
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

/// The position of a text that is most like another one: its cosine, and where it is, from 0. Ties: the first.
struct Likeness: Hashable {
  let similarity: Double
  let position: Int
}

/// What contrastive search compared at a step of a trace, with the text of each token that was tried.
public struct TraceContrast: Equatable, Sendable {
  /// The candidates with their numbers, and which of them was taken.
  public var step: ContrastiveStep
  /// The candidates' tokens, in the same order.
  public var tokens: [TraceToken]

  init(step: ContrastiveStep, tokens: [TraceToken]) { (self.step, self.tokens) = (step, tokens) }

  /// The members of the step's line; the weight only where the trace has no other one for all steps.
  func members(after start: TraceStart) -> [JSON.Member] {
    let rows = zip(step.candidates, tokens).map { candidate, token in
      let names = start.hasVocabulary ? token.members(hasVocabulary: true).dropFirst() : []
      return JSON.object((candidate.json.members ?? []) + names)
    }
    let alpha =
      step.alpha == start.penaltyAlpha ? [] : [JSON.Member("penalty_alpha", JSON(step.alpha))]
    return [.init("contrastive", .array(rows))] + alpha
  }
}

extension TraceFields {
  /// What contrastive search compared; nil where it has no part.
  ///
  /// - Parameters:
  ///   - id: the token that was appended.
  ///   - position: its place in the text, from 0, prompt included.
  func contrast(_ id: Int, at position: Int, in start: TraceStart) throws(TraceError) -> TraceContrast? {
    guard has("contrastive") else { return nil }
    // Without a weight the member is one that is not known.
    guard let alpha = has("penalty_alpha") ? try share("penalty_alpha") : start.penaltyAlpha else {
      return nil
    }
    let vocabularySize = start.model.vocabularySize
    var candidates: [ContrastiveCandidate] = []
    var tokens: [TraceToken] = []
    for (index, json) in try array("contrastive").enumerated() {
      let fields = TraceFields(json, line: line, path: "contrastive[\(index)].")
      let id = try fields.integer("id", in: 0...vocabularySize - 1)
      let similarity = try fields.number("similarity")
      // A cosine, but for the rounding of the last digits.
      guard abs(similarity) < 1.001 else { throw fields.wrong("similarity", "a number from -1 to 1") }
      tokens.append(
        fields.has("token")
          ? try fields.token(vocabularySize: vocabularySize) : TraceToken(id: id, text: nil, bytes: []))
      candidates.append(
        ContrastiveCandidate(
          id: id, probability: try fields.share("p"), similarity: similarity,
          nearest: try fields.integer("nearest", in: 0...max(position - 1, 0)),
          score: try fields.number("score")))
    }
    guard let place = candidates.firstIndex(where: { $0.id == id }) else {
      throw wrong("contrastive", "a list with the token of the step")
    }
    return TraceContrast(
      step: ContrastiveStep(candidates: candidates, place: place, alpha: alpha), tokens: tokens)
  }
}

import LMCore

/// What other strategies write behind the same text, token by token with the beams.
struct BeamRivals {
  private let sessions: [GenerationSession]
  private var problems: [String?]
  private let endOfText: Set<Int>

  /// - Throws: as `GenerationSession`.
  init(
    _ predictor: any Predictor, _ tokenizer: (any Tokenizer)?, promptIDs: [Int], settings: [SamplingSettings],
    seed: UInt64, endOfText: Set<Int>
  ) throws {
    sessions = try settings.map {
      try GenerationSession(
        predictor: predictor, tokenizer: tokenizer, promptIDs: promptIDs, settings: $0, seed: seed)
    }
    problems = settings.map { _ in nil }
    self.endOfText = endOfText
  }

  /// Writes the texts on up to so many tokens. One that has ended stays as it is, as a finished beam does.
  mutating func follow(to depth: Int, unless isInterrupted: () -> Bool) {
    problems = problems.map { _ in nil }
    while true {
      let waiting = sessions.indices.filter { index in
        let session = sessions[index]
        return session.depth < depth && problems[index] == nil
          && !(session.steps.last.map { endOfText.contains($0.id) } ?? false)
      }
      guard !waiting.isEmpty, !isInterrupted() else { return }
      let errors = Lockstep.advance(waiting.map { sessions[$0] }, unless: isInterrupted)
      for (index, error) in zip(waiting, errors) {
        guard let error else { continue }
        if case PredictorError.cancelled = error { return }
        problems[index] = "\(error)"
      }
    }
  }

  var snapshots: [BeamRival] {
    zip(sessions, problems).map { session, problem in
      BeamRival(
        settings: session.settings, seed: session.draw.seed, steps: session.steps, problem: problem)
    }
  }
}

/// The text of another strategy.
struct BeamRival: Sendable {
  let settings: SamplingSettings
  let seed: UInt64
  /// Its tokens behind the prompt; fewer than the beams have where it has ended, and where it cannot go on.
  let steps: [GenerationStep]
  /// Why it cannot go on.
  let problem: String?
}

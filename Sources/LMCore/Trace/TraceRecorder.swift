/// Converts a session's steps to those of a trace, one by one. All traces are made by it, so that the same steps give the
/// same lines on the screen and in a command.
public struct TraceRecorder {
  /// The first line of the trace.
  public let start: TraceStart
  private let tokenizer: (any Tokenizer)?
  private let rowCount: Int
  private let ids: [Int]
  /// The text to continue, in bytes: a character may be cut between it and the continuation.
  private let promptBytes: [UInt8]?
  private var steps: [GenerationStep] = []

  /// A recorder before the first step.
  ///
  /// - Parameters:
  ///   - promptBytes: the text to continue; nil without a vocabulary, empty where `ids` only begin a text.
  ///   - settings: those of the first step.
  ///   - contrastive: how the search runs where it chooses every token; else nil.
  ///   - rowCount: the number of most probable tokens to record of each decision.
  public init(
    model: ModelProfile, promptBytes: [UInt8]?, ids: [Int], following: [Int] = [], settings: SamplingSettings,
    seed: UInt64, contrastive: ContrastiveSettings? = nil,
    tokenizer: (any Tokenizer)?, rowCount: Int = Trace.defaultRowCount
  ) {
    start = TraceStart(
      model: model, prompt: promptBytes.map { String(decoding: $0, as: UTF8.self) },
      tokens: ids.map { TraceToken($0, of: tokenizer) }, following: following, settings: settings, seed: seed,
      penaltyAlpha: contrastive?.alpha, isServed: model.source == .server)
    (self.promptBytes, self.ids, self.tokenizer, self.rowCount) = (promptBytes, ids, tokenizer, rowCount)
  }

  /// Records the next step with its decision.
  public mutating func record(_ step: GenerationStep, _ decision: Decision) -> TraceStep {
    steps.append(step)
    return TraceStep(
      step, index: steps.count - 1, decision: decision, rowCount: rowCount, tokenizer: tokenizer)
  }

  /// Ends the recording.
  ///
  /// - Parameters:
  ///   - reason: with `.eos` the last token is the end of the text, and not part of it.
  ///   - next: the decision that would come next, where there is one.
  public func end(
    _ reason: TraceEnd.Reason, next: Decision?, tokensPerSecond: Double? = nil, cursor: Int? = nil
  ) -> TraceEnd {
    let shown = reason == .eos ? steps.dropLast() : steps[...]
    let text = promptBytes.flatMap { bytes in
      tokenizer.map { tokenizer in
        var stream = TokenStream(tokenizer, behind: ids, writtenAs: bytes)
        return shown.reduce(stream.complete()) { $0 + stream.push($1.id) } + stream.finish()
      }
    }
    return TraceEnd(
      reason: reason, text: text, perplexity: perplexity(of: steps), perplexityIsLeast: steps.hasUntold,
      tokensPerSecond: tokensPerSecond,
      cursor: cursor,
      next: next.map { TraceDecision($0, chosen: nil, rowCount: rowCount, tokenizer: tokenizer) })
  }

  /// The line of a step, without a line feed.
  public func line(_ step: TraceStep) -> String { step.json(after: start).description }

  /// The last line, without a line feed.
  public func line(_ end: TraceEnd) -> String { end.json(after: start).description }
}

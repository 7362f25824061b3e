/// A session as it was recorded: the text, and for each of its steps the decision that led to it.
///
/// On disk it is JSON Lines, described in Documentation/Traces.md: a line to begin with, a line a step, a line to
/// end with. Values and lines correspond one to one, and no digit is lost on the way.
public struct Trace: Equatable, Sendable {
  public var start: TraceStart
  public var steps: [TraceStep]
  /// nil where the recording was cut off.
  public var end: TraceEnd?

  /// What this version writes, and the highest that it reads.
  public static let version = 1
  /// How many of the most probable tokens are recorded of each decision, unless told: the rows of a tall window.
  public static let defaultRowCount = 60

  public init(start: TraceStart, steps: [TraceStep], end: TraceEnd?) {
    (self.start, self.steps, self.end) = (start, steps, end)
  }

  /// The decision that stands behind `depth` steps; nil where none was recorded.
  public func decision(atDepth depth: Int) -> TraceDecision? {
    depth < steps.count ? steps[depth].decision : end?.next
  }

  /// The lines, each with its line feed.
  public var lines: String {
    var text = ""
    start.json.write(to: &text)
    text += "\n"
    for step in steps {
      step.json(after: start).write(to: &text)
      text += "\n"
    }
    if let end {
      end.json(after: start).write(to: &text)
      text += "\n"
    }
    return text
  }
}

/// What is known before the first step.
public struct TraceStart: Equatable, Sendable {
  /// As `ModelProfile.recorded`.
  public var model: ModelProfile
  /// The text to continue; nil where the model has no vocabulary.
  public var prompt: String?
  /// What the model read.
  public var tokens: [TraceToken]
  /// What somebody wrote behind it, which the session follows; empty for none.
  public var following: [Int]
  public var settings: SamplingSettings
  public var seed: UInt64

  public init(
    model: ModelProfile, prompt: String?, tokens: [TraceToken], following: [Int] = [],
    settings: SamplingSettings, seed: UInt64
  ) {
    (self.model, self.prompt, self.tokens, self.following) = (model.recorded, prompt, tokens, following)
    (self.settings, self.seed) = (settings, seed)
  }

  public var hasVocabulary: Bool { prompt != nil }

  public var json: JSON {
    var members: [JSON.Member] = [
      .init("type", "start"), .init("model", JSON(model.name)), .init("prompt", JSON(prompt)),
      .init("ids", JSON(tokens.map(\.id))), .init("settings", settings.json), .init("seed", JSON(seed)),
      .init("version", JSON(Trace.version)), .init("tokens", .array(tokens.map { JSON($0.text) })),
    ]
    let odd = Set(tokens.filter { $0.oddBytes != nil }).sorted { $0.id < $1.id }
    if !odd.isEmpty {
      members.append(
        .init("bytes", .object(odd.map { JSON.Member(String($0.id), JSON($0.oddBytes)) })))
    }
    members += [
      .init("vocab_size", JSON(model.vocabularySize)), .init("context", JSON(model.contextLength)),
      .init("parameters", JSON(model.parameterCount)), .init("dtype", JSON(model.dtype)),
    ]
    if !following.isEmpty { members.append(.init("following", JSON(following))) }
    return .object(members)
  }
}

/// What is known after the last step.
public struct TraceEnd: Equatable, Sendable {
  /// Why the text ends here: as long as was wanted, at `<|endoftext|>`, or where the context is full.
  public enum Reason: String, CaseIterable, Sendable { case length, eos, context }

  public var reason: Reason
  /// Prompt and continuation; nil without a vocabulary.
  public var text: String?
  /// nil when no step was made.
  public var perplexity: Double?
  /// nil where nobody measured.
  public var tokensPerSecond: Double?
  /// At which step the user stood; nil at the last.
  public var cursor: Int?
  /// The decision that would come next; nil where there is none.
  public var next: TraceDecision?

  func json(after start: TraceStart) -> JSON {
    var members: [JSON.Member] = [
      .init("type", "end"), .init("reason", JSON(reason.rawValue)), .init("text", JSON(text)),
      .init("perplexity", JSON(perplexity)), .init("tokens_per_second", JSON(tokensPerSecond)),
    ]
    if let cursor { members.append(.init("cursor", JSON(cursor))) }
    if let next { members.append(.init("next", .object(next.summary + next.details(after: start)))) }
    return .object(members)
  }
}

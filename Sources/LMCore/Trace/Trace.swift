/// A recorded session: the prompt, and each step with its decision.
///
/// On disk it is JSON Lines, described in Documentation/Traces.md: a start line, one line a step, an end line. Values and
/// lines correspond one to one, and numbers keep all their digits.
public struct Trace: Equatable, Sendable {
  /// The first line: model, prompt, settings, seed.
  public var start: TraceStart
  /// The steps, in order.
  public var steps: [TraceStep]
  /// The last line; nil where the recording is incomplete.
  public var end: TraceEnd?
  /// The number of the last line where that is cut off and was left out; nil in a whole file.
  public package(set) var cutLine: Int?

  /// The format's version of a file with one text of a model on this machine. A file with two texts, and one of a server,
  /// has the highest version that is read.
  public static let version = 1
  static let highestVersion = 2
  /// The default number of most probable tokens that are recorded of each decision: the rows of a tall window.
  public static let defaultRowCount = 60

  public init(start: TraceStart, steps: [TraceStep], end: TraceEnd?) {
    (self.start, self.steps, self.end) = (start, steps, end)
  }

  /// How the search ran where contrastive search chose every token; else nil.
  public var contrastive: ContrastiveSettings? {
    guard let alpha = start.penaltyAlpha, let first = steps.first?.contrast,
      steps.allSatisfy({ $0.contrast != nil })
    else { return nil }
    let count = start.settings.topK > 0 ? start.settings.topK : first.step.candidates.count
    return ContrastiveSettings(
      candidateCount: min(count, ContrastiveSettings.mostCandidates), alpha: alpha,
      penaltiesOf: start.settings)
  }

  /// The decision behind the first `depth` steps; nil where none was recorded.
  public func decision(atDepth depth: Int) -> TraceDecision? {
    depth < steps.count ? steps[depth].decision : end?.next
  }

  /// The lines, each with its line feed.
  public var lines: String { lines(version: start.version) }

  /// The lines of the texts of a comparison, one after the other; of a single text its `lines`.
  public static func lines(of lanes: [Trace]) -> String {
    lanes.map { $0.lines(version: lanes.count > 1 ? highestVersion : $0.start.version) }.joined()
  }

  private func lines(version: Int) -> String {
    var text = ""
    start.json(version: version).write(to: &text)
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

/// The first line of a trace.
public struct TraceStart: Equatable, Sendable {
  /// The model, as `ModelProfile.recorded`.
  public var model: ModelProfile
  /// The text to continue; nil where the model has no vocabulary.
  public var prompt: String?
  /// The tokens of the prompt.
  public var tokens: [TraceToken]
  /// The ids of the followed text behind the prompt; empty for none.
  public var following: [Int]
  /// The sampler settings of the first step.
  public var settings: SamplingSettings
  /// The seed of the first step.
  public var seed: UInt64
  /// The weight of the similarity where contrastive search chose every token; else nil.
  public var penaltyAlpha: Double?
  /// Whether a server ran the model, which may not have told whole distributions.
  public var isServed: Bool

  /// The start of a recording; of `model` only the recorded part is kept.
  public init(
    model: ModelProfile, prompt: String?, tokens: [TraceToken], following: [Int] = [],
    settings: SamplingSettings, seed: UInt64, penaltyAlpha: Double? = nil, isServed: Bool = false
  ) {
    self.penaltyAlpha = penaltyAlpha
    (self.model, self.prompt, self.tokens, self.following) = (model.recorded, prompt, tokens, following)
    (self.settings, self.seed, self.isServed) = (settings, seed, isServed)
  }

  var version: Int { isServed ? Trace.highestVersion : Trace.version }

  /// False where tokens have ids only.
  public var hasVocabulary: Bool { prompt != nil }

  /// The line, as one JSON object.
  public var json: JSON { json(version: version) }

  func json(version: Int) -> JSON {
    var members: [JSON.Member] = [
      .init("type", "start"), .init("model", JSON(model.name)), .init("prompt", JSON(prompt)),
      .init("ids", JSON(tokens.map(\.id))), .init("settings", settings.json), .init("seed", JSON(seed)),
      .init("version", JSON(version)), .init("tokens", .array(tokens.map { JSON($0.text) })),
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
    if isServed { members.append(.init("source", "server")) }
    if !following.isEmpty { members.append(.init("following", JSON(following))) }
    if let penaltyAlpha { members.append(.init("penalty_alpha", JSON(penaltyAlpha))) }
    return .object(members)
  }
}

/// The last line of a trace.
public struct TraceEnd: Equatable, Sendable {
  /// The reason for the end: the wanted length, `<|endoftext|>`, or a full context.
  public enum Reason: String, CaseIterable, Sendable { case length, eos, context }

  /// The reason for the end.
  public var reason: Reason
  /// Prompt and continuation; nil without a vocabulary.
  public var text: String?
  /// The perplexity of the steps; nil without a step.
  public var perplexity: Double?
  /// Whether that is the least that it can be, since a server did not tell a token.
  public var perplexityIsLeast = false
  /// The speed of generation; nil where it was not measured.
  public var tokensPerSecond: Double?
  /// The step of the cursor; nil at the last.
  public var cursor: Int?
  /// The decision that would come next; nil where there is none.
  public var next: TraceDecision?

  func json(after start: TraceStart) -> JSON {
    var members: [JSON.Member] = [
      .init("type", "end"), .init("reason", JSON(reason.rawValue)), .init("text", JSON(text)),
      .init("perplexity", JSON(perplexityIsLeast ? nil : perplexity)),
      .init("tokens_per_second", JSON(tokensPerSecond)),
    ]
    if perplexityIsLeast { members.append(.init("perplexity_at_least", JSON(perplexity))) }
    if let cursor { members.append(.init("cursor", JSON(cursor))) }
    if let next { members.append(.init("next", .object(next.summary + next.details(after: start)))) }
    return .object(members)
  }
}

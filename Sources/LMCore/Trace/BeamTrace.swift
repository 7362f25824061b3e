/// A recorded beam search: what it began with, each step with what became of its continuations, and how it ended.
///
/// On disk it is JSON Lines, described in Documentation/Traces.md: a start line, one line a step, an end line. Values and
/// lines correspond one to one, and numbers keep all their digits.
public struct BeamTrace: Equatable, Sendable {
  /// Model, prompt, chain and seed.
  public let start: TraceStart
  /// How the search runs; what has no part in it has its usual value.
  public let settings: BeamSettings
  /// The most tokens behind the prompt, at least 1.
  public let limit: Int
  /// The ids that end a text.
  public let endOfText: Set<Int>
  /// The steps, in order.
  public private(set) var steps: [BeamStep] = []
  /// The tokens of all continuations, by id.
  public private(set) var tokens: [Int: TraceToken] = [:]
  /// The last line; nil where the recording is incomplete.
  public var end: BeamTraceEnd?
  /// The number of the last line where that is cut off and was left out; nil in a whole file.
  public package(set) var cutLine: Int?

  /// A recording before the first step.
  ///
  /// - Parameters:
  ///   - promptBytes: the text to continue; nil without a vocabulary, empty where `ids` only begin a text.
  ///   - settings: of the search, its chain and its seed among them.
  public init(
    model: ModelProfile, promptBytes: [UInt8]?, ids: [Int], settings: BeamSettings, limit: Int,
    endOfText: Set<Int>, tokenizer: (any Tokenizer)?
  ) {
    let start = TraceStart(
      model: model, prompt: promptBytes.map { String(decoding: $0, as: UTF8.self) },
      tokens: ids.map { TraceToken($0, of: tokenizer) }, settings: settings.sampling, seed: settings.seed,
      isServed: model.source == .server)
    self.init(start: start, settings: settings, limit: limit, endOfText: endOfText)
  }

  init(start: TraceStart, settings: BeamSettings, limit: Int, endOfText: Set<Int>) {
    var start = start
    self.settings = settings.recorded
    start.seed = self.settings.seed
    (self.start, self.limit, self.endOfText) = (start, limit, endOfText)
  }

  /// Appends a step with the tokens of its continuations.
  public mutating func append(_ step: BeamStep, _ tokenizer: (any TokenTable)?) {
    append(step) { TraceToken($0, of: tokenizer) }
  }

  mutating func append(_ step: BeamStep, token: (Int) -> TraceToken) {
    for candidate in step.candidates where tokens[candidate.id] == nil {
      tokens[candidate.id] = token(candidate.id)
    }
    steps.append(step)
  }

  /// The search behind so many of the steps.
  public func search(atDepth depth: Int) -> BeamSearch {
    BeamSearch(settings, limit: limit, endOfText: endOfText, behind: steps.prefix(max(depth, 0)))
  }

  /// The ids of the prompt.
  public var promptIDs: [Int] { start.tokens.map(\.id) }

  /// The token of an id of the prompt, or of a continuation.
  public func token(_ id: Int) -> TraceToken {
    tokens[id] ?? start.tokens.first { $0.id == id } ?? TraceToken(id: id, text: nil, bytes: [])
  }
}

/// The last line of a recorded beam search.
public struct BeamTraceEnd: Equatable, Sendable {
  /// Why the search ended; nil where it could go on.
  public var reason: BeamStep.Stop?
  /// The continuation of each finished text of the last step, best first, without the token that ended it; nil without a
  /// vocabulary.
  public var texts: [String?]
  /// Prompt and continuation of the best text: of the best finished one, or else the best live one; nil without a
  /// vocabulary.
  public var text: String?
  /// The step of the cursor; nil at the last.
  public var cursor: Int?

  /// The end of a recording behind the last step of a search.
  public init(_ search: BeamSearch, _ words: ContinuationText?, cursor: Int? = nil) {
    (reason, self.cursor) = (search.stop, cursor)
    texts = search.finished.map { words?.continuation(of: $0) }
    let live = search.live.first.map { FinishedHypothesis(hypothesis: $0, score: 0, isEnded: false) }
    text = (search.finished.first ?? live).flatMap { words?.whole(of: $0) }
  }

  init(reason: BeamStep.Stop?, texts: [String?], text: String?, cursor: Int?) {
    (self.reason, self.texts, self.text, self.cursor) = (reason, texts, text, cursor)
  }
}

/// Texts of beam search as characters. A character may be cut between prompt and continuation.
public struct ContinuationText {
  private let tokenizer: any Tokenizer
  private let ids: [Int]
  private let bytes: [UInt8]

  /// - Parameters:
  ///   - ids: what the model reads as prompt.
  ///   - bytes: the prompt as it was written.
  public init(_ tokenizer: any Tokenizer, behind ids: [Int], writtenAs bytes: [UInt8]) {
    (self.tokenizer, self.ids, self.bytes) = (tokenizer, ids, bytes)
  }

  /// What stands behind the prompt, without the token that ended it.
  public func continuation(of text: FinishedHypothesis) -> String { parts(of: text).continuation }

  /// Prompt and continuation.
  public func whole(of text: FinishedHypothesis) -> String {
    let parts = parts(of: text)
    return parts.prompt + parts.continuation
  }

  private func parts(of text: FinishedHypothesis) -> (prompt: String, continuation: String) {
    var stream = TokenStream(tokenizer, behind: ids, writtenAs: bytes)
    let prompt = stream.complete()
    let shown = text.isEnded ? text.hypothesis.ids.dropLast() : text.hypothesis.ids[...]
    return (prompt, shown.reduce(into: "") { $0 += stream.push($1) } + stream.finish())
  }
}

extension BeamSettings {
  /// The settings without what has no part in the search.
  var recorded: BeamSettings {
    var settings = self
    if !draws { settings.seed = 0 }
    if choice != .diverse { (settings.groups, settings.diversity) = (2, 0.5) }
    return settings
  }
}

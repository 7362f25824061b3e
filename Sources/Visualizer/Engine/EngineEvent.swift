import LMCore
import Presentation

/// What the engine tells the screen.
enum EngineEvent: Sendable {
  /// The share of the model that is loaded, in 0...1.
  case loading(Double)
  case loaded(ModelCard)
  /// The answer to a request, also where it failed: what every lane looks like now.
  case answered(request: Int, lanes: [LaneSnapshot], problem: String?)
  /// The model could not be loaded: nothing can be shown.
  case failed(String)
  /// A trace was written, or not; comes before the answer to the request.
  case wroteTrace(TraceOutcome)
  /// Nothing is lost yet, but this should be known.
  case warning(String)
}

/// What became of writing a trace.
enum TraceOutcome: Equatable, Sendable {
  case written(path: String, steps: Int)
  /// The name is taken; this one is free.
  case taken(path: String, free: String)
}

/// What the screen says of the model, and what it needs to show tokens.
@dynamicMemberLookup
public struct ModelCard: Sendable {
  public var profile: ModelProfile
  public var tokenizer: (any Tokenizer)?
  /// Tokens that end a text.
  public var endOfText: [Int]
  /// What tokens stand for, where a trace tells it in a vocabulary's place.
  var recordedBytes: [Int: [UInt8]]?

  public init(_ profile: ModelProfile, tokenizer: (any Tokenizer)?, endOfText: [Int] = []) {
    (self.profile, self.tokenizer, self.endOfText) = (profile, tokenizer, endOfText)
  }

  public subscript<Value>(dynamicMember member: KeyPath<ModelProfile, Value>) -> Value {
    profile[keyPath: member]
  }

  /// The bytes of a token; empty where the vocabulary has none, its number in brackets where there is no vocabulary.
  public func bytes(of id: Int) -> [UInt8] {
    if let tokenizer { return tokenizer.bytes(of: id) ?? [] }
    return recordedBytes?[id] ?? Array("[\(id)]".utf8)
  }

  /// Turns prompts into the ids that the model reads.
  var promptReader: PromptReader {
    PromptReader(
      modelName: profile.name, modelPath: profile.path, vocabularySize: profile.vocabularySize,
      endOfText: endOfText,
      tokenizer: tokenizer)
  }
}

/// A lane's whole visible state, as a value.
struct LaneSnapshot: Sendable {
  /// What can be asked of the lane besides stepping along its text.
  var abilities = Set(LaneAbility.allCases)
  var promptIDs: [Int]
  /// The steps of the line, also those ahead of the cursor.
  var steps: [GenerationStep]
  /// How many of them are in the text.
  var depth: Int
  var settings: SamplingSettings
  /// The number drawn for the next step.
  var draw: Draw
  /// What stands next; nil where nothing can be predicted (see `problem`).
  var decision: Decision?
  /// Why there is no decision, as a sentence.
  var problem: String?
  var branchCount: Int
  /// The tokens of the text that the lane follows, behind the prompt; empty for none.
  var following: [Int]
  /// How many steps of the line are that text's, from the prompt on.
  var followedCount: Int
  /// All texts of the lane, the oldest first; only where they were asked for, since a step should stay cheap.
  var branches: [GenerationSession.Branch]?

  /// Prompt and generated tokens up to the cursor.
  var textIDs: [Int] { promptIDs + steps[..<depth].map(\.id) }
}

extension LoopSummary {
  init(_ lane: LaneSnapshot) { self.init(lane.textIDs) }

  func copyMeans(of lane: LaneSnapshot) -> [Double?] {
    copyMeans(promptCount: lane.promptIDs.count) { lane.steps[$0].before }
  }
}

extension LaneSnapshot {
  init(of session: GenerationSession) {
    self.init(
      promptIDs: session.promptIDs, steps: session.lineSteps, depth: session.depth,
      settings: session.settings, draw: session.draw, branchCount: session.branchCount,
      following: session.following, followedCount: session.followedCount)
    do {
      decision = try session.decision
    } catch {
      problem = "\(error)"
    }
  }
}

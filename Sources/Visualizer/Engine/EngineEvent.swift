import LMCore
import Presentation

/// A message from the engine to the loop.
enum EngineEvent: Sendable {
  /// The share of the model that is loaded, in 0...1.
  case loading(Double)
  case loaded(ModelCard)
  /// The answer to a request, also where it failed: the new state of all lanes.
  case answered(request: Int, lanes: [LaneSnapshot], problem: String?)
  /// The model could not be loaded; the program ends with this sentence.
  case failed(String)
  /// The state of the beam search, nil for none; sent before the answer to the request.
  case beams(BeamSnapshot?)
  /// The same of the contrastive search.
  case contrastive(ContrastiveSnapshot?)
  /// The result of `writeTrace`; sent before the answer to the request.
  case wroteTrace(TraceOutcome)
  /// The kept sessions, the newest first; nil where sessions are not saved.
  case kept([KeptEntry]?)
  /// A problem that does not stop the session, such as a failed save.
  case warning(String)
}

/// The result of writing a trace.
enum TraceOutcome: Equatable, Sendable {
  /// `steps`: their number, for each lane.
  case written(path: String, steps: [Int])
  /// The file exists already; `free` is a name that does not.
  case taken(path: String, free: String)
}

/// The model's profile with what is needed to show its tokens.
@dynamicMemberLookup
public struct ModelCard: Sendable {
  public var profile: ModelProfile
  public var tokenizer: (any Tokenizer)?
  /// Why there is no tokenizer, where the model has a vocabulary.
  public var vocabularyProblem: String?
  /// The most ranks of a distribution that a server tells; nil for a model on this machine.
  var mostRanks: Int?
  /// The bytes of tokens by id, from a trace; nil where there is a vocabulary.
  var recordedBytes: [Int: [UInt8]]?

  public init(_ profile: ModelProfile, tokenizer: (any Tokenizer)?, vocabularyProblem: String? = nil) {
    (self.profile, self.tokenizer, self.vocabularyProblem) = (profile, tokenizer, vocabularyProblem)
  }

  public subscript<Value>(dynamicMember member: KeyPath<ModelProfile, Value>) -> Value {
    profile[keyPath: member]
  }

  /// The bytes of a token; `#305` for an id without one; without a vocabulary the id in brackets.
  public func bytes(of id: Int) -> [UInt8] {
    if let tokenizer { return tokenizer.bytes(of: id) ?? TokenName.bytes(ofUnnamed: id) }
    return recordedBytes?[id] ?? Array("[\(id)]".utf8)
  }

  /// Whether a token is a mark and no text.
  func isSpecial(_ id: Int) -> Bool { tokenizer?.isSpecial(id) ?? false }

  /// The bytes of the tokens of a whole text, token by token: the first one may have no space in front.
  func pieces(of ids: [Int]) -> [[UInt8]] {
    var pieces = ids.map(bytes)
    if let first = ids.firstIndex(where: { !isSpecial($0) }), let tokenizer,
      tokenizer.bytes(of: ids[first]) != nil
    {
      pieces[first] = tokenizer.bytes(of: [ids[first]])
    }
    return pieces
  }

  /// Turns prompts into the ids that the model reads.
  var promptReader: PromptReader {
    PromptReader(
      modelName: profile.name, modelPath: profile.path, vocabularySize: profile.vocabularySize,
      endOfText: profile.endOfText, tokenizer: tokenizer, vocabularyProblem: vocabularyProblem,
      isServed: profile.source == .server)
  }
}

/// The visible state of a lane, as a value.
struct LaneSnapshot: Sendable {
  /// The abilities of the lane besides stepping along its text.
  var abilities = Set(LaneAbility.allCases)
  var promptIDs: [Int]
  /// The steps of the line, also those ahead of the cursor.
  var steps: [GenerationStep]
  /// The number of steps in the text: those before the cursor.
  var depth: Int
  var settings: SamplingSettings
  /// The random number of the next step.
  var draw: Draw
  /// The decision of the next step; nil where nothing can be predicted (see `problem`).
  var decision: Decision?
  /// The reason for a missing decision, as a sentence.
  var problem: String?
  /// The longest run of tokens that DRY matches at the decision; nil for none.
  var dryMatch: DRYMatch?
  /// What the first steps of the chain leave, where the bars show that; nil for the whole chain.
  var partial: Partial?

  struct Partial: Sendable {
    /// How many steps have run: at least 1, and fewer than all.
    let stepCount: Int
    let distribution: Distribution
  }
  var branchCount: Int
  /// The tokens of the followed text, behind the prompt; empty for none.
  var following: [Int]
  /// The number of steps that agree with the followed text, from the prompt on.
  var followedCount: Int
  /// All branches of the lane, the oldest first; nil unless a command lists them, to keep a step cheap.
  var branches: [GenerationSession.Branch]?
  /// What the lane's model is called, where there are two; nil where there is one.
  var modelName: String?
  /// The texts that are not on screen, the newest first; empty unless a command lists the branches.
  var otherTexts: [WrittenText] = []

  /// What each stage of the chain did at the decision; empty where that is not known.
  var stages: [SamplerStage] { decision?.stages ?? [] }

  /// The distribution that the bars show.
  var shownDistribution: Distribution? { partial?.distribution ?? decision?.distribution }

  /// True directly behind the last token of the followed text.
  var isAtEndOfFollowedText: Bool {
    !following.isEmpty && depth == following.count && followedCount == following.count
  }

  /// The lane at the end of all its steps.
  var atItsEnd: LaneSnapshot {
    var lane = self
    lane.depth = steps.count
    return lane
  }

  /// The newest token of the text; nil at the prompt.
  var lastToken: Int? { depth > 0 ? steps[depth - 1].id : nil }

  /// Prompt and generated tokens up to the cursor.
  var textIDs: [Int] { promptIDs + steps[..<depth].map(\.id) }
}

extension LoopSummary {
  init(_ lane: LaneSnapshot) { self.init(lane.textIDs, promptCount: lane.promptIDs.count) }

  func copyMeans(of lane: LaneSnapshot) -> [Double?] {
    copyMeans { lane.steps[$0].before }
  }
}

extension LaneSnapshot {
  /// - Parameter shownSteps: how many steps of the chain the bars show; nil, or as many as the chain has, for all of it.
  init(of session: GenerationSession, shownSteps: Int? = nil) {
    self.init(
      promptIDs: session.promptIDs, steps: session.lineSteps, depth: session.depth,
      settings: session.settings, draw: session.draw, branchCount: session.branchCount,
      following: session.following, followedCount: session.followedCount)
    do {
      decision = try session.decision
      dryMatch = session.dryMatches.max { ($0.length, $0.end) < ($1.length, $1.end) }
      if let shownSteps, shownSteps < stages.count {
        partial = Partial(
          stepCount: shownSteps, distribution: try session.distribution(afterSteps: shownSteps))
      }
    } catch {
      problem = KeyAdvice.sentence(for: error)
    }
  }
}

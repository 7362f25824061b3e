import LMCore

/// An ability that a key may need, and that not all lanes have.
enum LaneAbility: CaseIterable, Sendable {
  /// To append another token than the one that was recorded.
  case otherToken
  /// To change the settings of the sampler.
  case sampler
  /// To draw again, or from another seed.
  case draws
  /// To begin with another text.
  case prompt
  case branches
  case comparison
  /// To search with beams behind the text.
  case beams
  /// To search again with other settings.
  case beamSettings
  /// To go on with a beam's text.
  case beamText
  /// To write other texts beside the beams.
  case beamComparison
  /// To search contrastively behind the text.
  case contrastive
  /// To write a trace.
  case trace
  /// To be looked at beside another lane.
  case otherLane

  /// The error sentence of a lane without this ability.
  var refusal: String {
    let reason =
      switch self {
      case .otherToken: "another token than the recorded one cannot be appended"
      case .sampler: "the sampler's settings are the recorded ones"
      case .draws: "the draws are the recorded ones"
      case .prompt: "no other text can be begun"
      case .branches: "it has the one recorded text, and no branches"
      case .comparison: "it has the one recorded text, and nothing to compare it with"
      case .beams: "no beams can be searched behind its text"
      case .beamSettings: "the search has its recorded settings"
      case .beamText: "no text goes on behind the recorded search"
      case .beamComparison: "no other text can be written beside the beams"
      case .contrastive: "no contrastive search can go on with its text"
      case .trace: "what it shows is in a file already"
      case .otherLane: "it has the one recorded text"
      }
    return "a replay has no model: \(reason)"
  }
}

/// One text on screen: a session, or a recording.
protocol Lane {
  var abilities: Set<LaneAbility> { get }
  var snapshot: LaneSnapshot { get }
  /// The session behind the lane, which can be saved and advances in one batch with others; nil for a recording.
  var session: GenerationSession? { get }
  /// The number of steps in the text.
  var depth: Int { get }

  mutating func advance() throws
  mutating func force(_ id: Int) throws
  mutating func back()
  /// Goes to this step, clamped to the steps that exist.
  mutating func jump(toDepth depth: Int)
}

enum LaneError: Error, Equatable, Sendable, CustomStringConvertible {
  case lacks(LaneAbility)
  /// A recording has no further step.
  case traceEnded

  var description: String {
    switch self {
    case .lacks(let ability): ability.refusal
    case .traceEnded: "the trace ends here; Home goes back to its beginning"
    }
  }
}

/// A lane that a model continues.
struct SessionLane: Lane {
  private let running: GenerationSession
  /// How many steps of the chain the bars show; nil for the whole chain.
  private let shownSteps: Int?

  init(_ session: GenerationSession, shownSteps: Int? = nil) {
    (running, self.shownSteps) = (session, shownSteps)
  }

  var session: GenerationSession? { running }
  var abilities: Set<LaneAbility> { Set(LaneAbility.allCases) }
  var snapshot: LaneSnapshot { LaneSnapshot(of: running, shownSteps: shownSteps) }
  var depth: Int { running.depth }

  func advance() throws { try running.advance() }
  func force(_ id: Int) throws { try running.force(id) }
  func back() { running.back() }
  func jump(toDepth depth: Int) { running.jump(toDepth: depth) }
}

import LMCore

/// What the screen asks of the engine. Each is answered by one snapshot that carries the request's number.
enum EngineCommand: Equatable, Sendable {
  /// A new session for every lane: this prompt, from the first step.
  case start(prompt: Prompt, settings: [SamplingSettings], seed: UInt64)
  /// The sessions as they were saved.
  case resume(SavedSession)
  case advance(Lanes)
  case force(Int, lane: Int)
  case back(Lanes)
  case jump(depth: Int, Lanes)
  case setSettings(SamplingSettings, lane: Int)
  case setSeed(UInt64)
  case redraw(lane: Int)
  /// Two lanes from the same prompt and seed; the one text waits until the comparison ends.
  case compare([SamplingSettings])
  /// Back to the text that was compared, or to this lane where a new prompt was begun meanwhile.
  case endComparison(keeping: Int)
  /// Brings every lane to the step that this one is at.
  case synchronize(with: Int)

  /// The answer to this and the three below holds the lane's branches.
  case listBranches(lane: Int)
  case goTo(branch: Int, lane: Int)
  case renameBranch(Int, name: String?, lane: Int)
  case deleteBranch(Int, lane: Int)

  /// The line of a lane as a trace, in a file that must not exist.
  case writeTrace(path: String, lane: Int)

  enum Lanes: Equatable, Sendable {
    case all
    case only(Int)
  }
}

extension EngineCommand {
  /// Whether it is the step that look-ahead prepares.
  var isAdvance: Bool {
    if case .advance = self { true } else { false }
  }

  /// What every lane must be able to do for it.
  var needs: LaneAbility? {
    switch self {
    case .start, .resume, .advance, .force, .back, .jump: nil
    case .setSettings: .sampler
    case .setSeed, .redraw: .draws
    case .compare, .endComparison, .synchronize: .comparison
    case .listBranches, .goTo, .renameBranch, .deleteBranch: .branches
    case .writeTrace: .trace
    }
  }

  /// The lane whose branches the answer lists, if any.
  var laneOfBranches: Int? {
    switch self {
    case .listBranches(let lane), .goTo(_, let lane), .renameBranch(_, _, let lane),
      .deleteBranch(_, let lane):
      lane
    default: nil
    }
  }
}

extension Prompt {
  var humanText: String? { if case .human(let text) = self { text } else { nil } }

  /// What a saved session began with.
  public init(_ saved: SavedSession) {
    switch saved.prompt {
    case let text? where saved.following.isEmpty: self = .text(text)
    case let text?: self = .human(text)
    case nil: self = .ids(saved.promptIDs)
    }
  }
}

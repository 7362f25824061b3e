import LMCore

/// A request to the engine. Each is answered by one snapshot that carries the request's number.
enum EngineCommand: Equatable, Sendable {
  /// A new session for every lane: this prompt, from the first step.
  case start(prompt: Prompt, settings: [SamplingSettings], seed: UInt64)
  /// Restores saved sessions.
  case resume(SavedSession)
  case advance(Lanes)
  case force(Int, lane: Int)
  case back(Lanes)
  case jump(depth: Int, Lanes)
  case setSettings(SamplingSettings, lane: Int)
  case setSeed(UInt64)
  case redraw(lane: Int)
  /// Opens two lanes from the same prompt and seed; the single text is kept until the comparison ends.
  case compare([SamplingSettings])
  /// Goes back to the text from before the comparison, or keeps this lane where a new prompt was started meanwhile.
  case endComparison(keeping: Int)
  /// Moves all other lanes to the step of this one.
  case synchronize(with: Int)

  /// The answer to this and the three below holds the lane's branches.
  case listBranches(lane: Int)
  case goTo(branch: Int, lane: Int)
  case renameBranch(Int, name: String?, lane: Int)
  case deleteBranch(Int, lane: Int)

  /// Writes the current line of a lane as a trace to a new file; an existing file is not overwritten.
  case writeTrace(path: String, lane: Int)

  enum Lanes: Equatable, Sendable {
    case all
    case only(Int)
  }
}

extension EngineCommand {
  /// True for the command whose work look-ahead prepares.
  var isAdvance: Bool {
    if case .advance = self { true } else { false }
  }

  /// The ability that all lanes need for it; nil for none.
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
  /// The text of an author that is followed; nil for any other prompt.
  var humanText: String? { if case .human(let text) = self { text } else { nil } }

  /// The prompt of a saved session.
  public init(_ saved: SavedSession) {
    switch saved.prompt {
    case let text? where saved.following.isEmpty: self = .text(text)
    case let text?: self = .human(text)
    case nil: self = .ids(saved.promptIDs)
    }
  }
}

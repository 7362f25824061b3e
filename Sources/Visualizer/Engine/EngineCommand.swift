import LMCore

/// A request to the engine. Each is answered by one snapshot that carries the request's number.
enum EngineCommand: Equatable, Sendable {
  /// A new session for every lane: this prompt, from the first step.
  case start(prompt: Prompt, settings: [SamplingSettings], seed: UInt64)
  /// Restores a kept session.
  case resume(KeptSession)
  case advance(Lanes)
  case force(Int, lane: Int)
  case back(Lanes)
  case jump(depth: Int, Lanes)
  case setSettings(SamplingSettings, lane: Int)
  case setSeed(UInt64)
  case redraw(lane: Int)
  /// Opens a second lane with these settings, from the prompt and the seed of the text; `first`: before it.
  case compare(with: SamplingSettings, first: Bool)
  /// Goes on with this lane alone; the other text goes to the shelf.
  case endComparison(keeping: Int)
  /// Moves all other lanes to the step of this one.
  case synchronize(with: Int)

  /// The answer to this and the three below holds the lane's branches, and the texts on the shelf.
  case listBranches(lane: Int)
  /// Goes to the end of a branch. A text from the shelf comes alone, and what was on screen goes to the shelf.
  case goTo(branch: BranchID, lane: Int)
  case renameBranch(BranchID, name: String?, lane: Int)
  case deleteBranch(BranchID, lane: Int)

  /// Asks for more ranks of the decision of a lane, where a server tells only the first.
  case tellMore(lane: Int)

  /// Lets the bars show what the first steps of the chain leave, so many of them; nil for the whole chain.
  case showStage(Int?, lane: Int)

  /// Answered by the event `beams` as well.
  case beams(BeamRequest)
  /// Answered by the event `contrastive` as well.
  case contrastive(ContrastiveRequest)

  /// Writes the current lines of all lanes as a trace to a new file; an existing file is not overwritten.
  case writeTrace(path: String)
  /// Writes the beam search on screen in the same way.
  case writeBeams(path: String)

  enum Lanes: Equatable, Sendable {
    case all
    case only(Int)
    /// Those with fewer steps than this one.
    case behind(Int)
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
    case .start, .resume, .advance, .force, .back, .jump, .tellMore: nil
    case .setSettings, .showStage: .sampler
    case .setSeed, .redraw: .draws
    case .compare, .endComparison: .comparison
    case .synchronize: .otherLane
    case .listBranches, .goTo, .renameBranch, .deleteBranch: .branches
    case .beams: .beams
    case .contrastive: .contrastive
    case .writeTrace, .writeBeams: .trace
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
    guard let text = saved.prompt else {
      self = .ids(saved.promptIDs)
      return
    }
    switch saved.reading {
    case .text: self = saved.following.isEmpty ? .text(text) : .human(text)
    case .marked: self = .marked(text)
    case .chat(let system): self = .chat(ChatMessage(text, system: system))
    }
  }
}

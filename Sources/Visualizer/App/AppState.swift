import LMCore

/// Everything the screen shows, as one value. Changed by `update` only.
public struct AppState: Sendable {
  public enum Phase: Equatable, Sendable {
    /// The share that is loaded, in 0...1.
    case loading(Double)
    case ready
  }

  /// What becomes of the rows that the filters removed.
  public enum RemovedRows: CaseIterable, Sendable { case shown, dimmed, hidden }

  public enum Overlay: Equatable, Sendable {
    case help(scroll: Int)
    case prompt(LineEditor)
    case seed(LineEditor)
  }

  public var size: Size
  public var phase = Phase.loading(0)
  public var modelName: String
  public var card: ModelCard?

  // What to start with, and to start again with.
  public var prompt: Prompt
  public var startSettings: [SamplingSettings]
  public var seed: UInt64

  public var lanes: [LaneSnapshot] = []
  public var focus = 0
  /// The settings as the user turned them: what the engine has, or is about to.
  public var settings: [SamplingSettings]

  // The table of next tokens.
  /// The chosen row, as a rank from 1; nil marks the token that the draw falls on.
  public var chosenRank: Int?
  /// The rank of the first row on screen.
  public var firstRank = 1
  public var removedRows = RemovedRows.shown

  public var overlay: Overlay?
  /// One sentence on the last line, until the next key.
  public var message: String?
  public var explained: FilterName?

  public var isPlaying = false
  /// Tokens a second in play mode.
  public var speed = 4.0

  var requests = RequestQueue()

  public init(
    size: Size, modelName: String, prompt: Prompt, settings: [SamplingSettings], seed: UInt64
  ) {
    self.size = size
    self.modelName = modelName
    self.prompt = prompt
    startSettings = settings
    self.settings = settings
    self.seed = seed
  }

  public var focusedLane: LaneSnapshot? { lanes.indices.contains(focus) ? lanes[focus] : nil }

  public var isBusy: Bool { !requests.isIdle }
}

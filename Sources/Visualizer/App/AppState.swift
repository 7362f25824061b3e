import LMCore
import Presentation

/// Everything the screen shows, as one value. Changed by `update` only.
struct AppState: Sendable {
  enum Phase: Equatable, Sendable {
    /// The share that is loaded, in 0...1.
    case loading(Double)
    case ready
  }

  /// What becomes of the rows that the filters removed.
  enum RemovedRows: CaseIterable, Sendable { case shown, dimmed, hidden }

  enum Overlay: Equatable, Sendable {
    case help(scroll: Int)
    case prompt(PromptEditor)
    case seed(TextInput)
    case humanText(TextInput)
    case search(SearchLine)
    case presets(chosen: Int)
    case branches(BranchBrowser)
    /// The name of a file to write; `isTaken`: there is one of the name given before.
    case trace(TextInput, isTaken: Bool)
    /// A session that broke off, before the first key.
    case offer(CrashOffer)
  }

  var size: Size
  /// Of the last picture.
  var metrics = ScreenMetrics()
  /// How the screen is drawn: words for it and places on it depend on that.
  var appearance = Appearance(depth: .xterm256, glyphs: .blocks)
  var phase = Phase.loading(0)
  var modelName: String
  var card: ModelCard?

  // What to start with, and to start again with.
  var prompt: Prompt
  /// The texts of this run that were begun with, the oldest first.
  var promptHistory: [String] = []
  var startSettings: [SamplingSettings]
  var seed: UInt64

  var lanes: [LaneSnapshot] = []
  var focus = 0
  /// The settings as the user turned them: what the engine has, or is about to.
  var settings: [SamplingSettings]

  // The table of next tokens.
  /// The chosen row, as a rank from 1; nil marks the token that the draw falls on.
  var chosenRank: Int?
  /// The rank of the first row on screen.
  var firstRank = 1
  var removedRows = RemovedRows.shown
  /// The mouse went down on the line of the cut.
  var isDraggingCut = false
  /// The last search among the tokens.
  var search: TokenSearch?

  // The text.
  /// What its colours say.
  var scale = TextScale.rank
  /// The first line of the focused text on screen; nil shows its end.
  var textScroll: Int?

  var overlay: Overlay?
  /// One sentence on the last line, until the next key.
  var message: String?
  /// The same, where nothing went wrong.
  var notice: String?
  /// What the knob does that is being turned, until another key.
  var explained: KnobExplanation?

  var isPlaying = false
  /// Tokens a second in play mode.
  var speed = 4.0

  /// The saved session to begin with, instead of a new one.
  var resumed: SavedSession?
  /// A trace is shown, and there is no model.
  var isReplay = false

  /// The lesson that is being followed.
  var lesson: LessonRun?

  var requests = RequestQueue()

  init(
    size: Size, modelName: String, prompt: Prompt, settings: [SamplingSettings], seed: UInt64
  ) {
    self.size = size
    self.modelName = modelName
    self.prompt = prompt
    startSettings = settings
    self.settings = settings
    self.seed = seed
  }

  /// Begins with a saved session instead of a new one.
  mutating func begin(with saved: SavedSession) {
    resumed = saved
    prompt = Prompt(saved)
    settings = saved.lanes.map(\.next.settings)
    seed = saved.lanes.first?.next.draw.seed ?? seed
  }

  var focusedLane: LaneSnapshot? { lanes.indices.contains(focus) ? lanes[focus] : nil }

  /// What the focused lane can do; before there is one, what it will be able to.
  var abilities: Set<LaneAbility> {
    focusedLane?.abilities ?? (isReplay ? RecordedLane.abilities : Set(LaneAbility.allCases))
  }

  var isComparing: Bool { lanes.count > 1 }

  /// The first step at which the two compared texts differ.
  var firstDivergence: Int? {
    guard isComparing else { return nil }
    let texts = lanes.map { $0.steps[..<$0.depth].map(\.id) }
    let common = zip(texts[0], texts[1]).prefix { $0 == $1 }.count
    return common < min(texts[0].count, texts[1].count) ? common : nil
  }

  var isBusy: Bool { !requests.isIdle }
}

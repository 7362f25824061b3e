import LMCore
import Presentation

/// The whole state of the program, as one value. Changed by `update` only.
struct AppState: Sendable {
  enum Phase: Equatable, Sendable {
    /// The share of the model that is loaded, in 0...1.
    case loading(Double)
    case ready
  }

  enum Overlay: Equatable, Sendable {
    case help(scroll: Int)
    /// The explanation of a sign on screen, by its number among them, from 0.
    case legend(number: Int)
    case prompt(PromptEditor)
    case seed(TextInput)
    case humanText(TextInput)
    case search(SearchLine)
    case presets(chosen: Int)
    case branches(BranchBrowser)
    case history(HistoryWindow)
    case beams(BeamWindow)
    case contrastive(ContrastiveWindow)
    /// The name of a file to write; `isTaken`: the name given before is that of an existing file.
    case trace(TextInput, isTaken: Bool)
    /// A kept session, before the first key.
    case offer(KeptEntry)
    case kept(KeptSessions)
  }

  var size: Size
  /// The measures of the last picture.
  var metrics = ScreenMetrics()
  /// The styles and characters of this screen, on which layout and messages depend.
  var appearance = Appearance(depth: .xterm256, glyphs: .blocks)
  var phase = Phase.loading(0)
  var modelName: String
  var card: ModelCard?

  var prompt: Prompt
  /// The prompts of this run, the oldest first.
  var promptHistory: [String] = []
  var seed: UInt64

  var lanes: [LaneSnapshot] = []
  var focus = 0
  /// The settings of each lane at its step: those of the engine, or those it is about to get.
  var settings: [SamplingSettings]
  /// The settings of each lane as the user chose them.
  var chains: [ChainHistory]
  /// In a comparison, the lane with the user's own text: the other one is closed by `c`.
  var ownLane = 0
  /// The strategies by name: the user's own, then the others.
  var presets = SamplingPreset.all
  /// The settings of the other lane of the last comparison.
  var rival: SamplingSettings?

  var table = Table()
  /// The last search among the tokens.
  var search: TokenSearch?
  /// The last question to a server for more ranks.
  var rankRequest: RankRequest?
  var text = Text()

  /// The beam search; nil while none is open.
  var beams: BeamSnapshot?
  /// How the next one runs; its chain and seed are those of the text.
  var beamSettings = BeamSettings()
  /// The window of a search, while another overlay is open over it.
  var windowBehind: Overlay?
  /// The search of a session that is being resumed, until its lanes are there.
  var searchToReopen: SavedSearch?
  /// The contrastive search; nil while none is open.
  var contrastive: ContrastiveSnapshot?
  /// How the next one runs; its penalties are those of the text.
  var contrastiveSettings = ContrastiveSettings()
  /// What opens with the first text: a key's action.
  var opening: Action?

  /// The chain panel; nil while it is closed.
  var chain: ChainPanel?
  var overlay: Overlay?
  /// A problem as one sentence, on the last line until the next key.
  var message: String?
  /// Other information as one sentence, in the same place.
  var notice: String?
  /// The explanation of the setting just changed, until the next key.
  var explained: KnobExplanation?

  var play = Play()

  /// A kept session that was asked for, until its lanes arrive.
  var resumed: KeptSession?
  /// True where a trace is shown, without a model.
  var isReplay = false

  /// The lesson in progress.
  var lesson: LessonRun?

  var requests = RequestQueue()
  /// The request that a server has not answered for a moment: the last line says so.
  var longRequest: Int?

  init(
    size: Size, modelName: String, prompt: Prompt, settings: [SamplingSettings], seed: UInt64
  ) {
    self.size = size
    self.modelName = modelName
    self.prompt = prompt
    self.settings = settings
    chains = settings.map { ChainHistory($0) }
    self.seed = seed
  }

  /// Takes prompt, seed and settings of a kept session, which is shown or about to be.
  mutating func adopt(_ saved: SavedSession) {
    // As when a comparison is opened: greedy decoding is on the left, and so is an author.
    let isFirstOther = saved.lanes.count > 1 && saved.following.isEmpty
    ownLane = isFirstOther && saved.lanes[0].next.settings.isGreedy ? 1 : 0
    prompt = Prompt(saved)
    settings = saved.lanes.map(\.next.settings)
    chains = saved.lanes.map { ChainHistory($0) }
    seed = saved.lanes.first?.next.draw.seed ?? seed
  }

  var focusedLane: LaneSnapshot? { lanes.indices.contains(focus) ? lanes[focus] : nil }

  /// The abilities of the focused lane; before there is one, those that it will have.
  var abilities: Set<LaneAbility> {
    focusedLane?.abilities ?? (isReplay ? [] : Set(LaneAbility.allCases))
  }

  var isComparing: Bool { lanes.count > 1 }

  /// True where the step on screen was made with other settings than the user has chosen since.
  func showsEarlierSettings(lane: Int) -> Bool {
    guard abilities.contains(.sampler), chains.indices.contains(lane), settings.indices.contains(lane) else {
      return false
    }
    return chains[lane].current != settings[lane]
  }

  /// The first step at which the two compared texts differ.
  var firstDivergence: Int? {
    guard isComparing else { return nil }
    let texts = lanes.map { $0.steps[..<$0.depth].map(\.id) }
    let common = zip(texts[0], texts[1]).prefix { $0 == $1 }.count
    return common < min(texts[0].count, texts[1].count) ? common : nil
  }

  var isBusy: Bool { !requests.isIdle }
}

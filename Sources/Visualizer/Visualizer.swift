import Glibc
import LMCore
import Presentation

/// Start-up options of the visualizer.
public struct VisualizerOptions: Sendable {
  public var prompt: Prompt
  /// Those of the text; of both texts where two are compared.
  public var settings: [SamplingSettings]
  /// The lane of the user's own text.
  public var ownLane = 0
  /// Strategies of the user's own, before the others in the list.
  public var ownPresets: [SamplingPreset] = []
  public var seed: UInt64
  /// The lesson to follow; the three values above must be its opening.
  public var lesson: Lesson?
  /// The lessons behind it, which > opens at its end.
  public var nextLessons: [Lesson] = []
  /// Shown while the model loads.
  public var modelName: String
  public var usesColor: Bool
  /// Seven-bit glyphs only; also chosen by a locale that is not UTF-8.
  public var usesASCII: Bool
  public var usesMouse: Bool
  package var theme = ThemeChoice.auto
  /// What the environment tells of the terminal; for the theme `auto`.
  package var background: Background?
  /// Computes the most probable next step in advance, while the program is idle.
  public var looksAhead: Bool
  /// Saves the session continuously, and holds an interrupted one; nil for neither.
  public var saver: SessionSaver?
  /// Resumes the interrupted session at once; else it is offered.
  public var resumes = false
  /// How beams are searched, with at most `mostBeams`; nil for the usual way.
  public var beams: BeamSettings?
  /// The largest number of beams that the screen shows.
  public static let mostBeams = BeamWindow.widths.upperBound
  /// How contrastive search weighs; nil for the usual way.
  public var contrastive: ContrastiveSettings?
  /// The search that opens with the first text; nil for none.
  public var opening: Opening?

  /// A search with a window of its own.
  public enum Opening: Sendable { case beams, contrastive }
  /// One sentence on the last line until the first key.
  public var notice: String?

  public init(
    prompt: Prompt, settings: [SamplingSettings], seed: UInt64, lesson: Lesson? = nil, modelName: String,
    usesColor: Bool = true, usesASCII: Bool = false, usesMouse: Bool = true, looksAhead: Bool = true
  ) {
    self.prompt = prompt
    self.settings = settings
    self.seed = seed
    self.lesson = lesson
    self.modelName = modelName
    self.usesColor = usesColor
    self.usesASCII = usesASCII
    self.usesMouse = usesMouse
    self.looksAhead = looksAhead
  }
}

/// The terminal front end.
@MainActor
public enum Visualizer {
  /// Opens the screen, loads the model on the engine's thread, and runs until the user quits.
  ///
  /// Throws `TerminalError` where no screen can be shown. Does not return after a signal: the process ends
  /// by it, with the terminal restored.
  public static func run(_ options: VisualizerOptions, loader: @escaping GenerationEngine.Loader) throws
    -> RunOutcome
  {
    try show(options) { $0.load(loader) }
  }

  /// Shows a trace of one text, of two, or of a beam search on the same screen, without a model.
  public static func replay(_ content: TraceContent, _ options: VisualizerOptions) throws -> RunOutcome {
    try show(options, isReplay: true) { $0.open(content) }
  }

  /// Runs in plain mode: each key is answered by sentences on standard output. Keys are read one by one from a terminal,
  /// in lines from anything else.
  ///
  /// - Parameter inputIsTaken: standard input was read as the prompt, so that keys come from the terminal.
  public static func runPlain(
    _ options: VisualizerOptions, inputIsTaken: Bool, loader: @escaping GenerationEngine.Loader
  ) throws -> RunOutcome {
    try showPlain(options, inputIsTaken: inputIsTaken) { $0.load(loader) }
  }

  /// Replays a trace in plain mode.
  public static func replayPlain(
    _ content: TraceContent, _ options: VisualizerOptions, inputIsTaken: Bool
  ) throws -> RunOutcome {
    try showPlain(options, isReplay: true, inputIsTaken: inputIsTaken) { $0.open(content) }
  }

  private static func show(
    _ options: VisualizerOptions, isReplay: Bool = false, prepare: (GenerationEngine) -> Void
  ) throws -> RunOutcome {
    let wakeUp = try WakeUp()
    let mailbox = Mailbox<EngineEvent> { wakeUp.notify() }
    let variant = Theme.Variant(options.theme, on: options.background)
    let terminal = try NcursesTerminal(
      TerminalOptions(
        usesColor: options.usesColor, usesASCII: options.usesASCII, usesMouse: options.usesMouse,
        asksBackground: variant == .neutral),
      wakeUp: wakeUp)
    defer { terminal.close() }
    let engine = GenerationEngine(looksAhead: options.looksAhead, saver: options.saver) { mailbox.post($0) }
    prepare(engine)
    var state = AppState(options, size: terminal.size, isReplay: isReplay)
    state.appearance = Appearance(
      depth: terminal.capabilities.colorDepth, glyphs: terminal.capabilities.glyphs, variant: variant)
    // Without colours the scale would underline most of the text, so it starts off.
    if !state.appearance.theme.hasTextColors { state.text.scale = .off }
    var loop = AppLoop(
      keys: terminal, output: .screen(terminal), engine: engine, mailbox: mailbox, state: state)
    let outcome = loop.run()
    options.saver?.close(after: outcome)
    if case .interrupted(let signal) = outcome { terminal.end(bySignal: signal) }
    return outcome
  }

  private static func showPlain(
    _ options: VisualizerOptions, isReplay: Bool = false, inputIsTaken: Bool,
    prepare: (GenerationEngine) -> Void
  ) throws -> RunOutcome {
    let wakeUp = try WakeUp()
    let mailbox = Mailbox<EngineEvent> { wakeUp.notify() }
    let terminal = try PlainTerminal(
      usesASCII: options.usesASCII, inputIsTaken: inputIsTaken, wakeUp: wakeUp)
    defer { terminal.close() }
    let engine = GenerationEngine(looksAhead: options.looksAhead, saver: options.saver) { mailbox.post($0) }
    prepare(engine)
    var state = AppState(options, size: PlainPresenter.pageSize, isReplay: isReplay)
    state.appearance = Appearance(depth: .none, glyphs: terminal.glyphs)
    state.text.scale = .off
    var loop = AppLoop(
      keys: terminal, output: .lines(PlainPresenter(terminal)), engine: engine, mailbox: mailbox,
      state: state)
    let outcome = loop.run()
    options.saver?.close(after: outcome)
    if let errorNumber = terminal.outputError {
      if errorNumber == EPIPE { terminal.end(bySignal: SIGPIPE) }
      return .failed("cannot write the output: \(SystemFailure(errorNumber))")
    }
    if case .interrupted(let signal) = outcome { terminal.end(bySignal: signal) }
    return outcome
  }
}

extension AppState {
  /// The initial state, on a screen or in plain mode.
  fileprivate init(_ options: VisualizerOptions, size: Size, isReplay: Bool) {
    self.init(
      size: size, modelName: options.modelName, prompt: options.prompt, settings: options.settings,
      seed: options.seed)
    (self.isReplay, ownLane, presets) = (isReplay, options.ownLane, options.ownPresets + presets)
    notice = options.notice
    beamSettings = options.beams ?? beamSettings
    contrastiveSettings = options.contrastive ?? contrastiveSettings
    switch options.opening {
    case .beams: opening = .beams
    case .contrastive: opening = .contrastive
    case nil: break
    }
    lesson = options.lesson.map { LessonRun($0, next: options.nextLessons) }
    guard let saver = options.saver, let newest = saver.newest else { return }
    if options.resumes {
      resumed = newest
      adopt(newest.session)
    } else {
      overlay = .offer(saver.entry(newest))
    }
  }
}

extension SessionSaver {
  /// Keeps the saved file. That of a lesson is removed where the user quit.
  fileprivate func close(after outcome: RunOutcome) {
    switch outcome {
    case .quit, .interrupted(bySignal: 2): close(keeping: keepsTexts)
    default: close(keeping: true)
    }
  }
}

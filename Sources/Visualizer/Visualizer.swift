import LMCore

/// What the visualizer is started with.
public struct VisualizerOptions: Sendable {
  public var prompt: Prompt
  public var settings: SamplingSettings
  public var seed: UInt64
  /// The lesson to follow; its opening must be what the three above say.
  public var lesson: Lesson?
  /// Shown while the model loads.
  public var modelName: String
  public var usesColor: Bool
  /// Seven-bit glyphs only; also chosen by a locale that is not UTF-8.
  public var usesASCII: Bool
  public var usesMouse: Bool
  /// Runs the model for the most probable next step while the user looks at this one.
  public var looksAhead: Bool
  /// Saves the session as it goes, and knows of one that broke off; nil for neither.
  public var saver: SessionSaver?
  /// Begins with the session that broke off; else it is offered.
  public var resumes = false
  /// One sentence on the last line until the first key.
  public var notice: String?

  public init(
    prompt: Prompt, settings: SamplingSettings, seed: UInt64, lesson: Lesson? = nil, modelName: String,
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

  /// Shows a trace on the same screen, without any model.
  public static func replay(_ trace: Trace, _ options: VisualizerOptions) throws -> RunOutcome {
    try show(options, isReplay: true) { $0.open(trace) }
  }

  private static func show(
    _ options: VisualizerOptions, isReplay: Bool = false, prepare: (GenerationEngine) -> Void
  ) throws -> RunOutcome {
    let wakeUp = try WakeUp()
    let mailbox = Mailbox<EngineEvent> { wakeUp.ring() }
    let terminal = try NcursesTerminal(
      TerminalOptions(
        usesColor: options.usesColor, usesASCII: options.usesASCII, usesMouse: options.usesMouse),
      wakeUp: wakeUp)
    defer { terminal.close() }
    let engine = GenerationEngine(looksAhead: options.looksAhead, saver: options.saver) { mailbox.post($0) }
    prepare(engine)
    var state = AppState(
      size: terminal.size, modelName: options.modelName, prompt: options.prompt, settings: [options.settings],
      seed: options.seed)
    state.isReplay = isReplay
    state.notice = options.notice
    state.lesson = options.lesson.map { LessonRun($0) }
    if let saver = options.saver, let crash = saver.crash?.session {
      if options.resumes {
        state.begin(with: crash)
      } else if options.lesson == nil {
        state.overlay = .offer(CrashOffer(session: crash, isOfThisModel: saver.crashIsOfThisModel))
      }
    }
    state.appearance = Appearance(
      depth: terminal.capabilities.colorDepth, glyphs: terminal.capabilities.glyphs)
    // Without colours the scale is all underlines: who wants it asks for it.
    if state.appearance.theme.depth == .none { state.scale = .off }
    var loop = AppLoop(terminal: terminal, engine: engine, mailbox: mailbox, state: state)
    let outcome = loop.run()
    // A text whose window was closed, or whose model failed, may be wanted again.
    switch outcome {
    case .quit, .interrupted(bySignal: 2): options.saver?.close(keeping: false)
    default: options.saver?.close(keeping: true)
    }
    if case .interrupted(let signal) = outcome { terminal.end(bySignal: signal) }
    return outcome
  }
}

import Glibc
import LMCore
import Visualizer

struct VisualizerCommandOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let humanText: HumanTextOptions
  let comparison: ComparisonOptions
  let model: ModelOptions
  let sampler: SamplerOptions
  let beams: BeamChoices
  let contrastive: ContrastiveOptions
  let chance: ChanceOptions
  let screen: ScreenOptions
  let saving: SavingOptions

  init(_ call: CommandCall) {
    (words, text, humanText) = (call.words, call[TextOptions.self], call[HumanTextOptions.self])
    comparison = call[ComparisonOptions.self]
    (model, sampler, chance) = (call[ModelOptions.self], call[SamplerOptions.self], call[ChanceOptions.self])
    (beams, contrastive) = (call[BeamChoices.self], call[ContrastiveOptions.self])
    (screen, saving) = (call[ScreenOptions.self], call[SavingOptions.self])
  }

  /// A text is given, other than by `--score`.
  var hasPrompt: Bool { !text.isEmpty || !words.isEmpty }
}

extension Command {
  static let visualizer = Command(
    CommandDescription(
      "", "open the visualizer", synopsis: ["[PROMPT] [options]"],
      details: """
        Without a PROMPT the text is what is piped into standard input, keys then come from the
        terminal; else, and with --plain, it begins with "\(openingPrompt)". An empty PROMPT begins with the model's token for it, as <|endoftext|>.
        e edits the text, ? lists the keys.
        """,
      groups: [
        .textOrIDs, .humanText, .model, .sampler, .comparison, .beamsOnScreen, .contrastiveOnScreen, .seed,
        .screen, .saving,
      ])
  ) { (options: VisualizerCommandOptions, surroundings) in
    guard !options.saving.resumes else { return try resumeVisualizer(options, surroundings) }
    let settings = try options.sampler.settings
    let lanes = try options.comparison.lanes(
      beside: settings, own: options.sampler.ownPresets, followsText: options.humanText.file != nil)
    let prompt = try startingPrompt(options, surroundings)
    var start = VisualizerStart(
      prompt: prompt, settings: lanes.settings, ownLane: lanes.own,
      offersKept: !options.hasPrompt && prompt == .text(openingPrompt),
      seed: try options.chance.seedOrRandom(settings.seedLike), ownPresets: options.sampler.ownPresets,
      inputIsTaken: [options.words.first, options.text.file, options.humanText.file].contains("-"))
    var (model, other): (ModelOptions, ModelLocation?) = (options.model, nil)
    if let name = options.comparison.model {
      var named = model
      named.name = name
      // The options of a server are for whichever of the two is one.
      if ServerAddress.isMeant(by: name) { model.givenForServer = nil }
      let isServed = model.name.map(ServerAddress.isMeant) == true
      if isServed { named.givenForServer = nil }
      // And so are those of a model on this machine.
      if !ServerAddress.isMeant(by: name) { model.givenForLocal = nil }
      if !isServed { named.givenForLocal = nil }
      other = try locateModel(named, surroundings)
    }
    start.beams = try options.beams.onScreen(settings)
    start.contrastive = try options.contrastive.onScreen(settings)
    start.opening = start.contrastive != nil ? .contrastive : options.beams.method == .beam ? .beams : nil
    let location = try locateModel(model, surroundings)
    if start.contrastive != nil, case .server = location { throw PredictorError.lacks(.hiddenStates) }
    try openVisualizer(
      start, location, beside: other, model, options.screen,
      options.saving, surroundings)
  }
}

/// The prompt where none is given: half the tales that the built-in model was trained on begin with it.
private let openingPrompt = "Once upon a time"
/// The same for a chat model.
private let openingMessage = "Tell me a story."

/// A given text, to be followed token by token.
struct HumanTextOptions: OptionValues {
  /// `--score`
  var file: String?
}

/// The strategies to compare.
struct ComparisonOptions: OptionValues {
  /// `--compare`, once or twice
  fileprivate var described: [String] = []
  /// `--compare-model`: the model of the second text.
  var model: String?

  /// The settings of the text, or of two texts, and which of them is the user's own.
  func lanes(
    beside settings: SamplingSettings, own presets: [SamplingPreset], followsText: Bool
  ) throws -> (settings: [SamplingSettings], own: Int) {
    var others: [SamplingSettings] = []
    for text in described {
      do throws(SamplingError) {
        others.append(try SamplingSettings(described: text, order: settings.order, own: presets))
      } catch {
        throw UsageError("--compare: \(error)")
      }
    }
    switch others.count {
    case 0: return ([SamplingSettings](repeating: settings, count: model == nil ? 1 : 2), 0)
    // Of two models the named one is the second, whatever the strategy.
    case 1 where model != nil: return ([settings] + others, 0)
    // As with c, greedy decoding is on the left.
    case 1: return others[0].isGreedy && !followsText ? (others + [settings], 1) : ([settings] + others, 0)
    case 2: return (others, 0)
    default: throw UsageError("--compare can be given twice at most: two texts stand side by side")
    }
  }
}

extension OptionGroup {
  fileprivate static let comparison = OptionGroup(
    title: "Comparison",
    options: [
      Option(
        "compare", nil, "STRATEGY",
        "open a second text beside it: a preset, or a chain such as 'top-k 40, min-p 0.05'; given twice it names both texts",
        offering: .words(["nucleus"] + SamplingPreset.all.map(\.name))
      ) { argument throws(UsageError) in
        return { (options: inout ComparisonOptions) in options.described.append(argument.text) }
      },
      Option(
        "compare-model", nil, "NAME|PATH|URL", "the second text is another model's, of the same vocabulary",
        \ComparisonOptions.model, offering: .model
      ) { argument throws(UsageError) in argument.text },
    ])

  fileprivate static let humanText = OptionGroup(
    title: "Somebody's text",
    options: [
      Option(
        "score", nil, "FILE", "follow the text of FILE token by token ('-' is standard input)",
        \HumanTextOptions.file, offering: .file
      ) { argument throws(UsageError) in argument.text }
    ])
}

private func startingPrompt(
  _ options: VisualizerCommandOptions, _ surroundings: Surroundings
) throws -> Prompt {
  if let path = options.humanText.file {
    guard !options.hasPrompt else {
      throw UsageError("--score FILE brings its own text; leave the prompt out")
    }
    guard !options.text.hasReading else {
      throw UsageError("--score FILE follows a text as it is; leave --chat, --system and --special out")
    }
    return .human(try TextInput.text(ofFile: path))
  }
  if options.hasPrompt { return try options.text.readPrompt(options.words, for: "") }
  // Only a screen can take its keys from the terminal while the text comes from standard input.
  if surroundings.output.isTerminal, !options.screen.isPlain, TextInput.isGiven {
    return try options.text.prompt(of: try TextInput.text(ofFile: "-"), for: "")
  }
  return try options.text.prompt(of: options.text.isChat ? openingMessage : openingPrompt, for: "")
}

/// The state that the visualizer opens in.
struct VisualizerStart {
  var prompt: Prompt
  /// Of the text, or of the two that are compared.
  var settings: [SamplingSettings]
  /// The lane of the user's own text.
  var ownLane = 0
  /// Offers a kept session at the start: the user named no text.
  var offersKept = false
  var seed: UInt64
  var ownPresets: [SamplingPreset] = []
  /// How beams are searched; nil for the usual way.
  var beams: BeamSettings?
  /// How contrastive search weighs; nil for the usual way.
  var contrastive: ContrastiveSettings?
  /// The search that opens with the first text.
  var opening: VisualizerOptions.Opening?
  var lesson: Lesson?
  /// Those behind it in the course.
  var nextLessons: [Lesson] = []
  /// Standard input is read as a text or a trace.
  var inputIsTaken = false
  /// Saves the session that it resumed; nil for a new session.
  var saver: SessionSaver?

  func options(
    modelName: String, _ screen: ScreenOptions, _ surroundings: Surroundings
  ) -> VisualizerOptions {
    var visualizerOptions = VisualizerOptions(
      prompt: prompt, settings: settings, seed: seed, lesson: lesson, modelName: modelName,
      usesColor: surroundings.usesScreenColor,
      usesASCII: screen.usesASCII || screen.isPlain && !surroundings.localeIsUTF8,
      usesMouse: screen.usesMouse, looksAhead: screen.looksAhead)
    (visualizerOptions.ownLane, visualizerOptions.ownPresets) = (ownLane, ownPresets)
    (visualizerOptions.theme, visualizerOptions.background) = (screen.theme, surroundings.background)
    visualizerOptions.notice = surroundings.warnings.first
    visualizerOptions.nextLessons = nextLessons
    (visualizerOptions.beams, visualizerOptions.contrastive) = (beams, contrastive)
    visualizerOptions.opening = opening
    visualizerOptions.saver = saver
    visualizerOptions.resumes = saver != nil
    return visualizerOptions
  }
}

/// Opens the visualizer. Arguments and input have been checked; the model loads while the screen is already shown.
func openVisualizer(
  _ start: VisualizerStart, _ location: ModelLocation, beside other: ModelLocation? = nil,
  _ model: ModelOptions, _ screen: ScreenOptions,
  _ saving: SavingOptions, _ surroundings: Surroundings
) throws {
  var visualizerOptions = start.options(modelName: location.name, screen, surroundings)
  // Keys from a file must have the same effect each time, whatever session was saved before.
  let keysComeFromTerminal = start.inputIsTaken || isatty(STDIN_FILENO) == 1
  if saving.savesSession, other == nil, start.saver == nil, !screen.isPlain || keysComeFromTerminal {
    do {
      visualizerOptions.saver = try makeSaver(
        location, model.precision, keepsTexts: start.lesson == nil, offersKept: start.offersKept,
        surroundings
      ) {
        visualizerOptions.notice = "\($0)"
      }
    } catch {
      visualizerOptions.notice = "\(error)"
    }
  }
  let environment = surroundings.environment
  let outcome = try MainActor.assumeIsolated {
    let loader: GenerationEngine.Loader = { progress in
      let loaded = try LoadedModel.load(
        location, threads: model.threads ?? 0, precision: model.precision, context: model.context,
        environment: environment, progress: progress)
      let second = try other.map { other in
        try LoadedModel.load(
          other, threads: model.threads ?? 0, precision: model.precision, context: model.context,
          environment: environment.withoutKey(of: location, for: other), progress: progress)
      }
      return GenerationEngine.LoadedEngineModel(
        predictor: loaded.predictor,
        card: ModelCard(
          loaded.profile, tokenizer: loaded.tokenizer, vocabularyProblem: loaded.tokenizerProblem?.description
        ),
        notes: loaded.notes + (second?.notes ?? []), other: second?.predictor)
    }
    guard screen.isPlain else { return try Visualizer.run(visualizerOptions, loader: loader) }
    return try Visualizer.runPlain(
      visualizerOptions, inputIsTaken: start.inputIsTaken, loader: loader)
  }
  if case .failed(let sentence) = outcome { throw VisualizerFailure(description: sentence) }
}

extension [String: String] {
  /// A server's key goes to the server of `-m`, and to no other one beside it.
  fileprivate func withoutKey(of first: ModelLocation, for other: ModelLocation) -> [String: String] {
    guard case .server(let one) = first, case .server(let another) = other,
      one.address.host != another.address.host
    else { return self }
    return filter { $0.key != ServerSettings.keyVariable }
  }
}

/// The message that the visualizer ended with.
struct VisualizerFailure: Error, CustomStringConvertible {
  let description: String
}

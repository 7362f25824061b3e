import Glibc
import LMCore
import Visualizer

extension Command {
  static let visualizer = Command(
    "", "open the visualizer", synopsis: ["[PROMPT] [options]"],
    details: """
      Without a PROMPT the text is what is piped into standard input, keys then come from the
      terminal; else, and with --plain, it begins with "\(openingPrompt)". An empty PROMPT begins with <|endoftext|>.
      e edits the text, ? lists the keys.
      """,
    groups: [.textOrIDs, .humanText, .model, .sampler, .seed, .screen, .saving]
  ) { options, surroundings in
    guard !options.resumes else { return try resumeVisualizer(options, surroundings) }
    let start = VisualizerStart(
      prompt: try startingPrompt(options, surroundings), settings: options.samplingSettings,
      seed: options.seed ?? UInt64(UInt32.random(in: .min ... .max)))
    try openVisualizer(start, try locateModel(options, surroundings), options, surroundings)
  }
}

/// What the visualizer shows when no text was given: the first words of half the tales it was trained on.
private let openingPrompt = "Once upon a time"

extension OptionGroup {
  /// What somebody wrote, to be followed token by token.
  static let humanText = OptionGroup(
    title: "Somebody's text",
    options: [
      Option("score", nil, "FILE", "follow the text of FILE token by token ('-' is standard input)") {
        options, value throws(UsageError) in options.scoredFile = value.text
      }.offering(.file)
    ])

  /// How the visualizer draws.
  static let screen = OptionGroup(
    title: "Screen",
    options: [
      Option(flag: "plain", "lines instead of a screen, for screen readers and dumb terminals") {
        $0.isPlain = true
      }.configurable(\.isPlain),
      Option(flag: "ascii", "draw with ASCII characters only") { $0.usesASCII = true }
        .configurable(\.usesASCII),
      Option(flag: "no-mouse", "leave the mouse to the terminal") { $0.usesMouse = false }
        .configurable(\.usesMouse, isOn: false),
      Option(flag: "no-look-ahead", "run the model on key presses only") { $0.looksAhead = false }
        .configurable(\.looksAhead, isOn: false),
    ])
}

private func startingPrompt(_ options: Options, _ surroundings: Surroundings) throws -> Prompt {
  let hasPrompt = options.ids != nil || options.file != nil || !options.words.isEmpty
  if let path = options.scoredFile {
    guard !hasPrompt else {
      throw UsageError("--score FILE brings its own text; leave the prompt out")
    }
    return .human(try TextInput.text(ofFile: path))
  }
  if hasPrompt { return try options.readPrompt(for: "") }
  // Where no screen will open, nothing is waited for either.
  if surroundings.output.isTerminal, !options.isPlain, TextInput.isGiven {
    return .text(try TextInput.text(ofFile: "-"))
  }
  return .text(openingPrompt)
}

/// What the screen begins with.
struct VisualizerStart {
  var prompt: Prompt
  var settings: SamplingSettings
  var seed: UInt64
  var lesson: Lesson?
  /// What saves the session, where it brought it back.
  var saver: SessionSaver?

  func options(modelName: String, _ options: Options, _ surroundings: Surroundings) -> VisualizerOptions {
    var visualizerOptions = VisualizerOptions(
      prompt: prompt, settings: settings, seed: seed, lesson: lesson, modelName: modelName,
      usesColor: surroundings.usesScreenColor(options),
      usesASCII: options.usesASCII || options.isPlain && !surroundings.localeIsUTF8,
      usesMouse: options.usesMouse, looksAhead: options.looksAhead)
    visualizerOptions.saver = saver
    visualizerOptions.resumes = saver != nil
    return visualizerOptions
  }
}

/// Opens the screen. Words and input are checked before the terminal changes; the model loads behind the screen.
func openVisualizer(
  _ start: VisualizerStart, _ location: ModelLocation, _ options: Options, _ surroundings: Surroundings
) throws {
  let (threads, precision) = (options.threads ?? 0, options.precision)
  var visualizerOptions = start.options(modelName: location.name, options, surroundings)
  // Keys from a file can be given again, and must lead to the same each time.
  if options.savesSession, start.saver == nil, !options.isPlain || options.keysComeFromTerminal {
    do {
      visualizerOptions.saver = try makeSaver(location, options, surroundings) {
        visualizerOptions.notice = "\($0)"
      }
    } catch {
      visualizerOptions.notice = "\(error)"
    }
  }
  let outcome = try MainActor.assumeIsolated {
    let loader: GenerationEngine.Loader = { progress in
      let loaded = try LoadedModel.load(
        location, threads: threads, precision: precision, progress: progress)
      return GenerationEngine.LoadedEngineModel(model: loaded.model, card: ModelCard(loaded))
    }
    guard options.isPlain else { return try Visualizer.run(visualizerOptions, loader: loader) }
    return try Visualizer.runPlain(
      visualizerOptions, inputIsTaken: options.inputIsTaken, loader: loader)
  }
  if case .failed(let sentence) = outcome { throw VisualizerFailure(description: sentence) }
}

extension Options {
  /// Standard input is read as a text or a trace.
  var inputIsTaken: Bool { [words.first, file, scoredFile].contains("-") }

  fileprivate var keysComeFromTerminal: Bool { inputIsTaken || isatty(STDIN_FILENO) == 1 }
}

/// What ended the visualizer, already in words.
struct VisualizerFailure: Error, CustomStringConvertible {
  let description: String
}

extension ModelCard {
  fileprivate init(_ loaded: LoadedModel) {
    let information = loaded.model.information
    self.init(
      name: loaded.name, parameterCount: information.parameterCount, dtype: information.dtype,
      vocabularySize: loaded.model.vocabularySize, contextLength: loaded.model.contextLength,
      tokenizer: loaded.tokenizer)
    endOfText = loaded.endsOfText
  }
}

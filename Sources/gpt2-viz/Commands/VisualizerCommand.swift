import Glibc
import LMCore
import Visualizer

extension Command {
  static let visualizer = Command(
    "", "open the visualizer", synopsis: ["[PROMPT] [options]"],
    details: """
      Without a PROMPT the text begins with "\(openingPrompt)"; e edits it, ? lists the keys.
      """,
    groups: [.textOrIDs, .model, .sampler, .seed, .screen]
  ) { options, surroundings in
    try openVisualizer(options, surroundings)
  }
}

/// What the visualizer shows when no text was given: the first words of half the tales it was trained on.
private let openingPrompt = "Once upon a time"

extension OptionGroup {
  /// How the visualizer draws.
  static let screen = OptionGroup(
    title: "Screen",
    options: [
      Option(flag: "ascii", "draw with ASCII characters only") { $0.usesASCII = true },
      Option(flag: "no-mouse", "leave the mouse to the terminal") { $0.usesMouse = false },
      Option(flag: "no-look-ahead", "run the model on key presses only") { $0.looksAhead = false },
    ])
}

/// Opens the screen. Words and input are checked before the terminal changes; the model loads behind the screen.
private func openVisualizer(_ options: Options, _ surroundings: Surroundings) throws {
  let hasPrompt = options.ids != nil || options.file != nil || !options.words.isEmpty
  let prompt = hasPrompt ? try options.readPrompt(for: "") : .text(openingPrompt)
  let location = try locateModel(options, surroundings)
  let (threads, precision) = (options.threads ?? 0, options.precision)
  let visualizerOptions = VisualizerOptions(
    prompt: prompt, settings: options.samplingSettings,
    seed: options.seed ?? UInt64(UInt32.random(in: .min ... .max)), modelName: location.name,
    usesColor: options.allowsColor && surroundings.variable("NO_COLOR") == nil, usesASCII: options.usesASCII,
    usesMouse: options.usesMouse, looksAhead: options.looksAhead)
  let outcome = try MainActor.assumeIsolated {
    try Visualizer.run(visualizerOptions) { progress in
      let loaded = try LoadedModel.load(
        location, threads: threads, precision: precision, progress: progress)
      return GenerationEngine.LoadedEngineModel(model: loaded.model, card: ModelCard(loaded))
    }
  }
  if case .failed(let sentence) = outcome { throw VisualizerFailure(description: sentence) }
}

/// What ended the visualizer, already in words.
private struct VisualizerFailure: Error, CustomStringConvertible {
  let description: String
}

extension ModelCard {
  fileprivate init(_ loaded: LoadedModel) {
    let information = loaded.model.information
    self.init(
      name: loaded.name, parameterCount: information.parameterCount, dtype: information.dtype,
      vocabularySize: loaded.model.vocabularySize, contextLength: loaded.model.contextLength,
      tokenizer: loaded.tokenizer)
  }
}

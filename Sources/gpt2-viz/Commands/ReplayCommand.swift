import LMCore
import Presentation
import Visualizer

struct ReplayOptions: CommandOptions {
  let words: [String]
  let screen: ScreenOptions

  init(_ call: CommandCall) { (words, screen) = (call.words, call[ScreenOptions.self]) }
}

extension Command {
  static let replay = Command(
    CommandDescription(
      "replay", "step through a trace on the screen, without any model", synopsis: ["replay FILE [options]"],
      details: """
        FILE is a trace: what w writes in the visualizer, or 'generate --format jsonl'. The same keys
        show the same frames as in the session that was recorded; End goes to its end. Its keys are
        \(KeyDescription.ofReplay.map { GlyphSet.ascii.spelled($0.keys) }.joined(separator: ", ")); all others need a model.
        """,
      groups: [.screen], examples: ["gpt2-viz replay story.jsonl"], words: .file
    )
  ) { (options: ReplayOptions, surroundings) in
    let trace = try Trace.read(options.words.first, for: "replay")
    let start = VisualizerStart(
      prompt: .ids(trace.start.tokens.map(\.id)), settings: trace.start.settings, seed: trace.start.seed,
      inputIsTaken: options.words.first == "-")
    let visualizerOptions = start.options(
      modelName: trace.start.model.name, options.screen, surroundings)
    let outcome = try MainActor.assumeIsolated {
      guard options.screen.isPlain else { return try Visualizer.replay(trace, visualizerOptions) }
      return try Visualizer.replayPlain(
        trace, visualizerOptions, inputIsTaken: start.inputIsTaken)
    }
    if case .failed(let sentence) = outcome { throw VisualizerFailure(description: sentence) }
  }
}

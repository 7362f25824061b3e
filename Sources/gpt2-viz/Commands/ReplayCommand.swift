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
      groups: [.screenOfReplay], examples: ["gpt2-viz replay story.jsonl"], words: .file
    )
  ) { (options: ReplayOptions, surroundings) in
    let traces = try Trace.readLanes(options.words.first, for: "replay")
    let trace = traces[0]
    let start = VisualizerStart(
      prompt: .ids(trace.start.tokens.map(\.id)), settings: traces.map(\.start.settings),
      seed: trace.start.seed,
      inputIsTaken: options.words.first == "-")
    let visualizerOptions = start.options(
      modelName: trace.start.model.name, options.screen, surroundings)
    let outcome = try MainActor.assumeIsolated {
      guard options.screen.isPlain else { return try Visualizer.replay(traces, visualizerOptions) }
      return try Visualizer.replayPlain(
        traces, visualizerOptions, inputIsTaken: start.inputIsTaken)
    }
    if case .failed(let sentence) = outcome { throw VisualizerFailure(description: sentence) }
  }
}

import LMCore
import Visualizer

extension Command {
  static let replay = Command(
    "replay", "step through a trace on the screen, without any model", synopsis: ["replay FILE [options]"],
    details: """
      FILE is a trace: what w writes in the visualizer, or 'generate --format jsonl'. The same keys
      show the same frames as in the session that was recorded; End goes to its end. Keys that need a
      model say so.
      """,
    groups: [.screen], examples: ["gpt2-viz replay story.jsonl"], words: .file
  ) { options, surroundings in
    let trace = try options.readTrace(for: "replay")
    let start = VisualizerStart(
      prompt: .ids(trace.start.tokens.map(\.id)), settings: trace.start.settings, seed: trace.start.seed)
    let visualizerOptions = start.options(modelName: trace.start.model.name, options, surroundings)
    let outcome = try MainActor.assumeIsolated {
      guard options.isPlain else { return try Visualizer.replay(trace, visualizerOptions) }
      return try Visualizer.replayPlain(
        trace, visualizerOptions, inputIsTaken: options.inputIsTaken)
    }
    if case .failed(let sentence) = outcome { throw VisualizerFailure(description: sentence) }
  }
}

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
        FILE is a trace: what w writes in the visualizer, or 'generate --format jsonl', or that of a beam search,
        'beam --format jsonl'; of a search, also of 'generate --contrastive', its window opens. The same keys
        show the same frames as in the session that was recorded; End goes to its end. Its keys are
        \(KeyDescription.ofReplay.map { GlyphSet.ascii.spelled($0.keys) }.joined(separator: ", ")); all others need a model.
        """,
      groups: [.screenOfReplay], examples: ["gpt2-viz replay story.jsonl"], words: .file
    )
  ) { (options: ReplayOptions, surroundings) in
    let content = try TraceContent.read(options.words.first, for: "replay")
    let start = VisualizerStart(content, inputIsTaken: options.words.first == "-")
    let visualizerOptions = start.options(
      modelName: content.start.model.name, options.screen, surroundings)
    let outcome = try MainActor.assumeIsolated {
      guard options.screen.isPlain else { return try Visualizer.replay(content, visualizerOptions) }
      return try Visualizer.replayPlain(content, visualizerOptions, inputIsTaken: start.inputIsTaken)
    }
    if case .failed(let sentence) = outcome { throw VisualizerFailure(description: sentence) }
  }
}

extension TraceContent {
  /// The beginning of the first text, or of the search.
  fileprivate var start: TraceStart {
    switch self {
    case .texts(let lanes): lanes[0].start
    case .beams(let trace): trace.start
    }
  }
}

extension VisualizerStart {
  fileprivate init(_ content: TraceContent, inputIsTaken: Bool) {
    let start = content.start
    self.init(
      prompt: .ids(start.tokens.map(\.id)), settings: [start.settings], seed: start.seed,
      inputIsTaken: inputIsTaken)
    switch content {
    case .texts(let lanes):
      settings = lanes.map(\.start.settings)
      if lanes.count == 1, let search = lanes[0].contrastive {
        (opening, contrastive) = (.contrastive, search)
      }
    case .beams: opening = .beams
    }
  }
}

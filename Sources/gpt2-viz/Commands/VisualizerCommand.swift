import LMCore
import Visualizer

extension Command {
  static let visualizer = Command(
    "", "open the visualizer", synopsis: ["[PROMPT] [options]"],
    groups: [.textOrIDs, .model, .sampler, .seed]
  ) { options, surroundings in
    try openVisualizer(options, surroundings)
  }
}

/// Opens the screen. Words and input are checked before the terminal changes; the model loads behind the screen.
private func openVisualizer(_ options: Options, _ surroundings: Surroundings) throws {
  throw UsageError("the visualizer is not built in yet")
}

import LMCore
import Presentation

/// Writing a trace: the text with its decisions, as a file.
extension AppState {
  /// Opens the line that asks for a file name.
  mutating func openTraceLine() {
    guard focusedLane != nil else { return }
    play.isRunning = false
    overlay = .trace(TextInput(traceName, isSelected: true), isTaken: false)
  }

  mutating func writeTrace(to path: String) -> [AppEffect] {
    guard !path.isEmpty else {
      message = "no name, so no trace was written"
      return []
    }
    notice = "writing \(path)"
    return ask(windowBehind == nil ? .writeTrace(path: path) : .writeBeams(path: path))
  }

  mutating func show(_ outcome: TraceOutcome) {
    switch outcome {
    case .written(let path, let steps):
      let texts = steps.count > 1 ? " of two texts" : ""
      notice =
        "\(counted(steps.reduce(0, +), "step"))\(texts) written to \(path); 'gpt2-viz replay' shows it again, 'gpt2-viz report' draws it"
    case .taken(let path, let free):
      notice = nil
      if hasBeams { (windowBehind, overlay) = (overlay, nil) }
      if overlay == nil {
        overlay = .trace(TextInput(free, isSelected: true), isTaken: true)
      } else {
        // The user has opened another panel meanwhile: do not replace it.
        message = "\(path) exists already, so no trace was written"
      }
    }
  }

  /// The suggested file name, from prompt, seed and number of steps: `once-upon-a-time-seed42-step12.jsonl`.
  private var traceName: String {
    guard let lane = focusedLane else { return "trace.jsonl" }
    let bytes = lane.promptIDs.flatMap { card?.bytes(of: $0) ?? [] }
    let seed = (lane.steps.first?.draw ?? lane.draw).seed
    return "\(Self.fileName(of: bytes))-seed\(seed)-step\(lane.steps.count).jsonl"
  }

  /// `once-upon-a-time-beams4-step12.jsonl`
  var beamTraceName: String {
    guard let beams else { return "beams.jsonl" }
    let bytes = beams.promptIDs.flatMap { card?.bytes(of: $0) ?? [] }
    let settings = beams.search.settings
    let seed = settings.draws ? "-seed\(settings.seed)" : ""
    return "\(Self.fileName(of: bytes))-beams\(settings.width)\(seed)-step\(beams.search.depth).jsonl"
  }

  /// The first words of a text, in ASCII letters and digits.
  private static func fileName(of bytes: [UInt8]) -> String {
    let words = String(decoding: bytes, as: UTF8.self).lowercased()
      .split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    var name = ""
    for word in words.prefix(5) where name.count + word.count < 40 {
      name += (name.isEmpty ? "" : "-") + word
    }
    return name.isEmpty ? "trace" : name
  }
}

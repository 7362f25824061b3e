import LMCore

/// A recorded beam search on the screen.
struct BeamRecording {
  private let trace: BeamTrace
  private var depth = 0

  init(_ trace: BeamTrace) { self.trace = trace }

  mutating func perform(_ request: BeamRequest) {
    switch request {
    case .advance: move(to: depth + 1)
    case .back: move(to: depth - 1)
    case .jump(let target), .goOn(let target): move(to: target)
    case .open, .take, .close, .compare, .endComparison: break
    }
  }

  private mutating func move(to target: Int) { depth = min(max(target, 0), trace.steps.count) }

  var snapshot: BeamSnapshot { BeamSnapshot(of: trace, depth: depth) }
}

extension BeamTrace {
  /// A text without a step, which stands behind the replay of the search.
  var startingText: Trace { Trace(start: start, steps: [], end: nil) }
}

extension ModelCard {
  /// The model of a recorded search.
  init(of trace: BeamTrace) {
    self.init(trace.start.model, tokenizer: nil)
    profile.endOfText = trace.endOfText.sorted()
    guard trace.start.hasVocabulary else { return }
    let tokens = Array(trace.tokens.values) + trace.start.tokens
    recordedBytes = Dictionary(tokens.map { ($0.id, $0.shownBytes) }) { first, _ in first }
  }
}

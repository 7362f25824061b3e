import LMCore

/// A recorded contrastive search on the screen.
struct ContrastiveRecording {
  private let trace: Trace
  private let settings: ContrastiveSettings
  private let steps: [GenerationStep]
  private var depth = 0

  /// nil where contrastive search did not choose every token of the trace.
  init?(_ trace: Trace) {
    guard let settings = trace.contrastive else { return nil }
    (self.trace, self.settings, steps) = (trace, settings, trace.steps.map(\.step))
  }

  mutating func perform(_ request: ContrastiveRequest) {
    switch request {
    case .advance: move(to: depth + 1)
    case .back: move(to: depth - 1)
    case .jump(let target): move(to: target)
    case .open, .set, .take, .close: break
    }
  }

  private mutating func move(to target: Int) { depth = min(max(target, 0), steps.count) }

  var snapshot: ContrastiveSnapshot {
    ContrastiveSnapshot(
      promptIDs: trace.start.tokens.map(\.id), settings: settings, steps: Array(steps[..<depth]),
      places: steps[..<depth].map { $0.contrast?.place ?? 0 },
      next: depth < steps.count ? steps[depth].contrast : nil, isContextFull: false, greedySteps: [],
      hasGreedy: false)
  }
}

import LMCore
import Presentation

/// A quantity of the history window: of each step, or of each copy of a repeated phrase.
enum HistoryQuantity: CaseIterable, Sendable {
  case probability, surprisal, entropy, kept, mu, copies

  var title: String {
    switch self {
    case .probability: "p(chosen)"
    case .surprisal: "surprisal"
    case .entropy: "entropy"
    case .kept: "kept"
    case .mu: "Mirostat mu"
    case .copies: "p of each copy"
    }
  }

  /// The next (1) or the previous (-1) one of some, cyclically.
  func moved(by step: Int, among all: [HistoryQuantity]) -> HistoryQuantity {
    all[((all.firstIndex(of: self) ?? 0) + step + all.count) % all.count]
  }

  func text(_ value: Double) -> String {
    switch self {
    case .probability, .copies: NumberFormat.percent(value)
    case .surprisal, .entropy, .mu: "\(NumberFormat.fixed(value, decimals: 1)) bits"
    case .kept: NumberFormat.grouped(Int(value.rounded()))
    }
  }

  /// Where the value of a step lies: a server may have told no more than a bound. nil where the step has no such value.
  func bounds(of step: GenerationStep) -> ClosedRange<Double>? {
    switch self {
    case .probability: (step.isUntold ? 0 : step.before)...step.before
    case .surprisal: step.surprisalBits...(step.isUntold ? .infinity : step.surprisalBits)
    case .entropy: step.entropyBounds
    case .kept: Double(step.keptBounds.lowerBound)...Double(step.keptBounds.upperBound)
    case .mu: step.mu.map { $0...$0 }
    case .copies: nil
    }
  }

  /// The bound that charts draw: the most of a probability, the least of all else.
  func drawn(_ bounds: ClosedRange<Double>) -> Double {
    self == .probability ? bounds.upperBound : bounds.lowerBound
  }

  /// The bound that charts draw, with its sign where it is one.
  func text(_ bounds: ClosedRange<Double>, glyphs: GlyphSet) -> String {
    switch self {
    case .probability, .copies: RangeText.mostPercent(bounds, glyphs: glyphs)
    case .surprisal, .entropy, .mu: RangeText.leastBits(bounds, glyphs: glyphs)
    case .kept: (bounds.lowerBound < bounds.upperBound ? glyphs.atLeast : "") + text(bounds.lowerBound)
    }
  }

  /// The value of a step as text; "" where it has none.
  func text(of step: GenerationStep?, glyphs: GlyphSet) -> String {
    step.flatMap(bounds).map { text($0, glyphs: glyphs) } ?? ""
  }
}

extension Collection<ClosedRange<Double>> {
  /// Where the mean of values lies that lie in these bounds; nil for none.
  var mean: ClosedRange<Double>? {
    guard !isEmpty else { return nil }
    let (low, high) = (reduce(0) { $0 + $1.lowerBound }, reduce(0) { $0 + $1.upperBound })
    return low / Double(count)...Swift.max(low, high) / Double(count)
  }
}

/// The course of a lane in numbers, over all its steps, also those ahead of the cursor.
struct LaneHistory {
  let lane: LaneSnapshot
  private let summary: LoopSummary
  /// The repeated phrase at the end of all steps; without one there, the one with the most copies.
  let loop: RepetitionDetector.Loop?

  init(_ lane: LaneSnapshot) {
    self.lane = lane
    summary = LoopSummary(lane.atItsEnd)
    loop = summary.loop ?? summary.earlierLoop
  }

  /// A value for each step; for `copies` one for each copy, nil for a copy that the prompt gave.
  func values(of quantity: HistoryQuantity) -> [Double?] {
    switch quantity {
    case .probability, .surprisal, .entropy, .kept, .mu:
      lane.steps.map { quantity.bounds(of: $0).map(quantity.drawn) }
    case .copies: loop.map { summary.copyMeans(of: $0) { lane.steps[$0].before } } ?? []
    }
  }

  /// The tokens of one copy of the phrase; empty where nothing repeats.
  var phrase: [Int] { loop.map { $0.range(ofCopy: 0).map { summary.ids[$0] } } ?? [] }

  /// The copy that the token of a step belongs to, from 0.
  func copy(ofStep step: Int) -> Int? {
    let token = lane.promptIDs.count + step
    return loop.flatMap { loop in (0..<loop.copies).first { loop.range(ofCopy: $0).contains(token) } }
  }
}

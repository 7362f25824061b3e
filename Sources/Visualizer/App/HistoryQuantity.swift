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

  /// Of a step, with a sign where a server told no more than a bound; nil where the step has no such value.
  func text(of step: GenerationStep, glyphs: GlyphSet) -> String? {
    switch self {
    case .probability: (step.isUntold ? glyphs.atMost : "") + text(step.before)
    case .surprisal: (step.isUntold ? glyphs.atLeast : "") + text(step.surprisalBits)
    case .entropy: RangeText.leastBits(step.entropyBounds, glyphs: glyphs)
    case .kept: RangeText.least(step.keptBounds, glyphs: glyphs)
    case .mu: step.mu.map(text)
    case .copies: nil
    }
  }

  /// The mean of a lane's steps, with the sign of the values that are bounds.
  func mean(of steps: [GenerationStep], _ values: [Double], glyphs: GlyphSet) -> String {
    guard !values.isEmpty else { return "" }
    let signs = Set(steps.compactMap { text(of: $0, glyphs: glyphs) }).compactMap { text in
      [glyphs.atMost, glyphs.atLeast].first(where: text.hasPrefix)
    }
    return (signs.first ?? "") + text(values.reduce(0, +) / Double(values.count))
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
    case .probability: lane.steps.map(\.before)
    case .surprisal: lane.steps.map(\.surprisalBits)
    case .entropy: lane.steps.map(\.entropyBounds.lowerBound)
    case .kept: lane.steps.map { Double($0.kept) }
    case .mu: lane.steps.map(\.mu)
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

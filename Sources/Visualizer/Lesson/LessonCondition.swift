import LMCore
import Presentation

/// What the user has to do before a lesson goes on.
enum LessonCondition: Equatable, Sendable {
  case anyKey
  /// One of the keys that ask for this.
  case key(Action)
  /// A phrase repeats at the end of the text.
  case loop
  /// The focused lane decodes greedily.
  case greedy
  /// Two lanes are open.
  case compare
  /// The newest token of the focused lane is one that the user named.
  case forced
  case measure(LessonMeasure, LessonComparison, Double)
  case all([LessonCondition])

  /// A function of what is shown and of the key that was pressed last.
  func holds(in state: AppState, lastAction: Action?) -> Bool {
    switch self {
    case .anyKey: true
    case .key(let action): lastAction == action
    case .loop: (LessonMeasure.copies.value(in: state) ?? 0) >= 3
    case .greedy: state.settings.indices.contains(state.focus) && state.settings[state.focus].isGreedy
    case .compare: state.isComparing
    case .forced: LessonMeasure.isNewestForced(in: state)
    case .measure(let measure, let comparison, let number):
      measure.value(in: state).map { comparison.holds($0, number) } ?? false
    case .all(let conditions): conditions.allSatisfy { $0.holds(in: state, lastAction: lastAction) }
    }
  }
}

enum LessonComparison: String, CaseIterable, Sendable {
  case atMost = "<="
  case atLeast = ">="
  case below = "<"
  case above = ">"
  case equal = "="

  func holds(_ value: Double, _ number: Double) -> Bool {
    switch self {
    case .atMost: value <= number
    case .atLeast: value >= number
    case .below: value < number
    case .above: value > number
    case .equal: value == number
    }
  }
}

/// A number on the screen that a lesson can wait for.
enum LessonMeasure: String, CaseIterable, Sendable {
  case step, temperature, kept, mass, entropy, rank, probability, perplexity, copies
  case topK = "top-k"
  case topP = "top-p"

  /// Of the focused lane; nil where the screen shows no such number.
  func value(in state: AppState) -> Double? {
    guard let lane = state.focusedLane, state.settings.indices.contains(state.focus) else { return nil }
    let settings = state.settings[state.focus]
    let newest = lane.depth > 0 ? lane.steps[lane.depth - 1] : nil
    switch self {
    case .step: return Double(lane.depth)
    case .temperature: return settings.temperature
    // Off keeps all tokens, and so do they with an endless k.
    case .topK: return settings.topK == 0 ? .infinity : Double(settings.topK)
    case .topP: return settings.topP
    case .kept: return lane.decision.map { Double($0.distribution.keptCount) }
    case .mass: return lane.decision?.distribution.keptMass
    case .entropy: return lane.decision?.distribution.entropyBefore
    case .rank: return newest.map { Double($0.rank) }
    case .probability: return newest?.before
    case .perplexity: return LMCore.perplexity(of: lane.steps[..<lane.depth])
    case .copies: return Double(state.lanes.map(Self.copies).max() ?? 0)
    }
  }

  /// How often the phrase at the end of the lane's text stands there; 0 where none repeats.
  private static func copies(in lane: LaneSnapshot) -> Int {
    LoopSummary(lane).loop?.copies ?? 0
  }

  static func isNewestForced(in state: AppState) -> Bool {
    guard let lane = state.focusedLane, lane.depth > 0 else { return false }
    return lane.steps[lane.depth - 1].isForced && lane.depth > lane.followedCount
  }
}

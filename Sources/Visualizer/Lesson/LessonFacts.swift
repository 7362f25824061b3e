import LMCore
import Presentation

/// What the screen shows, as far as a lesson can wait for it.
struct LessonFacts {
  let lanes: [LaneSnapshot]
  /// The lane that the keys act on; nil before there is one.
  let lane: LaneSnapshot?
  /// Of that lane, as the user turned them.
  let settings: SamplingSettings?

  /// The newest token of the focused lane is one that the user named.
  var isNewestForced: Bool {
    guard let lane, lane.depth > 0 else { return false }
    return lane.steps[lane.depth - 1].isForced && lane.depth > lane.followedCount
  }

  /// Of the focused lane; nil where the screen shows no such number.
  func value(of measure: LessonMeasure) -> Double? {
    guard let lane, let settings else { return nil }
    let newest = lane.depth > 0 ? lane.steps[lane.depth - 1] : nil
    switch measure {
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
    case .perplexity: return perplexity(of: lane.steps[..<lane.depth])
    // Of the lane that repeats most; 0 where no phrase does.
    case .copies: return Double(lanes.map { LoopSummary($0).loop?.copies ?? 0 }.max() ?? 0)
    }
  }
}

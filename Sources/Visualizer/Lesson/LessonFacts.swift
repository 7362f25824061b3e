import LMCore
import Presentation

/// The part of the state that a lesson's conditions can test.
struct LessonFacts {
  let lanes: [LaneSnapshot]
  /// The focused lane; nil before there is one.
  let lane: LaneSnapshot?
  /// The settings of the focused lane, as the user set them.
  let settings: SamplingSettings?
  /// The beam search, while it is open: steps and copies are then those of the best beam.
  var beams: BeamSnapshot?
  /// The contrastive search, while it is open: steps and copies are then those of its text.
  var contrastive: ContrastiveSnapshot?

  /// The tokens that end a text.
  var endOfText: [Int] = []

  /// True where the newest token of the focused lane ends the text.
  var isEnded: Bool {
    guard let lane, lane.depth > 0 else { return false }
    return endOfText.contains(lane.steps[lane.depth - 1].id)
  }

  /// True where the newest token of the focused lane was forced by the user.
  var isNewestForced: Bool {
    guard let lane, lane.depth > 0 else { return false }
    return lane.steps[lane.depth - 1].isForced && lane.depth > lane.followedCount
  }

  /// The value of a measure in the focused lane; nil where it is not defined yet.
  func value(of measure: LessonMeasure) -> Double? {
    guard let lane, let settings else { return nil }
    let newest = lane.depth > 0 ? lane.steps[lane.depth - 1] : nil
    switch measure {
    case .step: return Double(beams?.search.depth ?? contrastive?.depth ?? lane.depth)
    case .temperature: return settings.temperature
    // "Off" keeps all tokens, as an infinite k would.
    case .topK: return settings.topK == 0 ? .infinity : Double(settings.topK)
    case .topP: return settings.topP
    case .kept: return lane.decision.map { Double($0.distribution.keptCount) }
    case .mass: return lane.decision?.distribution.keptMass
    case .entropy: return lane.decision?.distribution.entropyBefore
    case .rank: return newest.map { Double($0.rank) }
    case .probability: return newest?.before
    case .alpha: return contrastive?.settings.alpha
    case .perplexity: return perplexity(of: lane.steps[..<lane.depth])
    // The maximum over all lanes; 0 where no phrase repeats.
    case .copies:
      if let beams {
        let ids = beams.promptIDs + (beams.texts.first?.ids ?? [])
        return Double(LoopSummary(ids, promptCount: beams.promptIDs.count).loop?.copies ?? 0)
      }
      if let contrastive {
        return Double(contrastive.summary(contrastive.steps).loop?.copies ?? 0)
      }
      return Double(lanes.map { LoopSummary($0).loop?.copies ?? 0 }.max() ?? 0)
    }
  }
}

import Foundation
import LMCore
import Presentation

@testable import Visualizer

/// What the sentences of the lesson on beam search say. Its screens have a tree in the place of the table, so that the numbers of
/// the beams are those of the states; loops are read from the screen.
extension LessonClaims {
  static let beamRepeats = [
    LessonStepClaims(
      .explains("Greedy decoding takes the best token", "a definition, and what it may miss"),
      .explains("Beam search keeps several texts", "a definition"), .asks("Press B")),
    LessonStepClaims(
      .says("So far there is one text") { step in
        let shown = step.first.lines(with: "the text alone")
        return Evidence("\(shown.count) row of the text alone", shown.count == 1)
      },
      .says("The list in the middle has its continuations") { step in
        let (live, cut) = (step.first.lines(with: "→ beam").count, step.first.lines(with: "cut").count)
        return Evidence("\(live) go on, \(cut) are cut", live == 5)
      }, .asks("Press → three times"),
      plain: [
        .says("So far there is one text") { $0.heard("the text alone") },
        .says("The report names its continuations") { $0.heard("Next, rank 1: beam 1 with") },
      ]),
    LessonStepClaims(
      .says("Now five beams live", fiveBeamsLive), .says("The tree joins what they share", beamsDie),
      .says("Beam 1 has the largest sum", beamOneIsFirst), .asks("Go on with →"),
      plain: [.says("A beam whose continuations", beamsDie)]),
    LessonStepClaims(
      .says("A loop, as with greedy decoding") {
        Evidence("×\($0.first.loop?.copies ?? 0)", $0.first.loop?.copies == 3)
      },
      .asks("Press →, or Space")),
    LessonStepClaims(
      .says("No.") { Evidence("×\($0.first.loop?.copies ?? 0)", $0.first.loop?.copies == 4) },
      .says("Each copy is more probable") { step in
        let means = try copyMeans(step.states[0])
        return Evidence(
          means.map(percent).joined(separator: " "),
          means.count == 4 && zip(means, means.dropFirst()).allSatisfy(<))
      },
      .explains("A likelier text is not a better one", "what the lesson shows, and where to read on"),
      .asks("Press Enter")),
    LessonStepClaims(
      .says("Now it is your text", tokensAreForced), .explains("H shows how probable", "what keys do"),
      .explains("> opens the next lesson", "what keys do"),
      plain: [
        .says("Now it is your text, with forced", tokensAreForced),
        .explains("H tells how probable", "what keys do"),
      ]),
  ]

  @Sendable private static func fiveBeamsLive(_ step: LessonPlayer.Step) throws -> Evidence {
    let count = step.states[0].beams?.search.live.count ?? 0
    return Evidence("\(count) beams", count == 5)
  }

  @Sendable private static func beamsDie(_ step: LessonPlayer.Step) throws -> Evidence {
    let deaths = step.states.compactMap(\.beams?.next).reduce(0) { sum, next in
      sum + next.parents.indices.count { next.survivors(of: $0) == 0 }
    }
    return Evidence("\(deaths) beams die", deaths > 0)
  }

  @Sendable private static func beamOneIsFirst(_ step: LessonPlayer.Step) throws -> Evidence {
    let sums = step.states.compactMap { $0.beams?.search.live.map(\.sum) }
    return Evidence(
      "sums of \(sums.count) steps", !sums.isEmpty && sums.allSatisfy { $0.first == $0.max() })
  }

  @Sendable private static func tokensAreForced(_ step: LessonPlayer.Step) throws -> Evidence {
    let steps = step.states[0].focusedLane?.steps ?? []
    return Evidence("\(steps.count) tokens", !steps.isEmpty && steps.allSatisfy(\.isForced))
  }

  /// The mean probability of the tokens of each copy in the best beam.
  private static func copyMeans(_ state: AppState) throws -> [Double] {
    guard let beams = state.beams, let best = beams.texts.first else { return [] }
    let summary = LoopSummary(beams.promptIDs + best.ids, promptCount: beams.promptIDs.count)
    return summary.copyMeans { step in exp(best.logProbabilities[step]) }.compactMap(\.self)
  }
}

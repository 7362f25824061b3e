import LMCore
import Presentation

@testable import Visualizer

/// The lesson on contrastive search.
extension LessonClaims {
  static let contrastive = [
    LessonStepClaims(
      .explains("Greedy decoding and beams repeat", "what the lessons before it show"),
      .explains("Contrastive search takes probable tokens", "a definition"), .asks("Press A")),
    LessonStepClaims(
      .says("Each of the four candidates", fourAreCompared),
      .says("␣said is more probable", theSecondIsTaken), .asks("Press → to take it"),
      plain: [
        .says("Each of the four candidates", fourAreCompared),
        .says("The first is more probable", theSecondIsTaken),
      ]),
    LessonStepClaims(
      .says("Beside it stands greedy decoding") { step in
        let ids = step.states[0].contrastive?.greedySteps.map(\.id) ?? []
        let text = step.states[0].card.map { String(decoding: ids.flatMap($0.bytes), as: UTF8.self) }
        return Evidence("greedy: \(text ?? "")", text == " said" && !step.first.lines(with: "said").isEmpty)
      }, .asks("Go on with →"), .explains("Underlined tokens", "what a sign means"),
      plain: [.explains("Greedy decoding runs", "what is compared")]),
    LessonStepClaims(
      .says("Greedy decoding has its loop") { step in
        Evidence("×\(step.first.loop?.copies ?? 0)", step.first.loop?.copies == 3)
      },
      .says("Contrastive search has none") { step in
        let search = step.states[0].contrastive
        let turned = search?.places.count { $0 > 0 } ?? 0
        return Evidence(
          "\(turned) tokens turned", turned > 0 && !step.first.lines(with: "loop none").isEmpty)
      }, .asks("Go on to step 60")),
    LessonStepClaims(
      .says("No four tokens", repeatedShares), .asks("Now press P"),
      plain: [.says("No four tokens", repeatedShares)]),
    LessonStepClaims(
      .says("Now only the similarity counts") { step in
        guard let next = step.states[0].contrastive?.next else { return Evidence("no step", false) }
        let least = next.candidates.map(\.similarity).min()
        return Evidence(
          "\(percent(next.chosen.probability)) taken, similarity \(next.chosen.similarity)",
          next.chosen.similarity == least && !step.first.lines(with: "score = 0 p - 1 similarity").isEmpty)
      }, .explains("With alpha 0", "what follows from the score"), .asks("Press Enter")),
    LessonStepClaims(
      .says("Now it is your text") { step in
        let steps = step.states[0].focusedLane?.steps ?? []
        return Evidence("\(steps.count) tokens", steps.count == 60 && steps.allSatisfy(\.isForced))
      }, .explains("A shows the search", "what keys do"), .explains("> opens the next lesson", "what keys do")
    ),
  ]

  @Sendable private static func fourAreCompared(_ step: LessonPlayer.Step) throws -> Evidence {
    let count = step.states[0].contrastive?.next?.candidates.count ?? 0
    return Evidence(
      "\(count) candidates", count == 4 && !step.first.lines(with: "Step 1: 4 candidates").isEmpty)
  }

  @Sendable private static func theSecondIsTaken(_ step: LessonPlayer.Step) throws -> Evidence {
    guard let next = step.states[0].contrastive?.next, let card = step.states[0].card else {
      return Evidence("no step", false)
    }
    let names = next.candidates.prefix(2).map { String(decoding: card.bytes(of: $0.id), as: UTF8.self) }
    let (first, second) = (next.candidates[0], next.candidates[1])
    return Evidence(
      "\(names[0]) \(percent(first.probability)) \(first.similarity), \(names[1]) \(percent(second.probability)) \(second.similarity)",
      names == [" said", " asked"] && next.place == 1 && first.probability > second.probability
        && first.similarity > second.similarity && first.score < second.score
        && step.first.lines(with: "◀").first?.contains("␣asked") == true)
  }

  @Sendable private static func repeatedShares(_ step: LessonPlayer.Step) throws -> Evidence {
    let shares = step.first.lines(with: "repeated 4-grams ")
      .flatMap { $0.matches(of: /repeated 4-grams ([\d.]+)%/) }.compactMap { Double($0.output.1) }
    return Evidence("\(shares)", shares.count == 2 && shares[0] == 0 && shares[1] > 50)
  }
}

import LMCore

/// What the sentences of the lesson on a token of one percent say, in numbers of their own screens.
extension LessonClaims {
  static let onePercent = [
    LessonStepClaims(
      .says("The draw falls on") { try drawn("␣village", $0) }, .asks("Press → to append"),
      plain: [
        .says("The draw falls on") { $0.heard("Drawn: \" village\"") }, .asks("Press → to append"),
      ]),
    LessonStepClaims(
      .says("The model gave it 1.0") { step in
        let chosen = try step.first.chosen
        return Evidence("p(chosen) \(percent(chosen))", isNear(chosen, 0.010))
      },
      .explains("Min-p was 0.05", "the setting of the step before"), .asks("Press ←")),
    LessonStepClaims(
      .explains("Min-p 0.05 does not ask", "a definition"),
      .says("␣great has 8.7 percent") { step in
        let first = try step.first.row(of: "␣great").before
        let count = try step.first.kept
        return Evidence(
          "␣great \(percent(first)), a twentieth \(percent(first / 20)), kept \(count)",
          isNear(first, 0.087) && percent(first / 20) == "0.43%" && count == 47)
      }, .asks("Press > for min-p 0.20."),
      plain: [.says("\"great\" has 8.7 percent") { try share("␣great", $0, is: 0.087) }]),
    LessonStepClaims(
      .says("A fifth of 8.7 percent is 1.7") { step in
        let first = try step.first.row(1).before
        let count = try step.first.kept
        return Evidence(
          "a fifth of \(percent(first)) is \(percent(first / 5)), kept \(count)",
          isNear(first / 5, 0.017) && count == 7)
      },
      .says("␣village does not, and") { step in
        let (u, before) = (step.first.u, step.earlier[0].first.u)
        let found = try drawn("␣little", step)
        return Evidence("\(found.figures), u \(u ?? -1)", found.holds && u == before)
      }, .asks("Press > for min-p 0.05 again."),
      plain: [.says("\"village\" does not, and") { $0.heard("Drawn: \" little\"") }]),
    LessonStepClaims(
      .says("What is left is scaled up") { step in
        let cut = step.first.cut!
        return Evidence("kept \(cut.kept), mass \(cut.mass)", cut.kept == 47 && isNear(cut.mass, 0.577))
      },
      .says("So ␣village is drawn with") { step in
        let next = try step.first.next
        return Evidence(
          "\(next.label) \(percent(next.share))", next.label == "␣village" && isNear(next.share, 0.018))
      }, .asks("Press > for T 0.50."),
      plain: [.says("So \"village\" is drawn with") { $0.heard("Drawn: \" village\"") }]),
    LessonStepClaims(
      .says("A lower temperature gives the first") { step in
        let (before, after) = (try step.earlier[4].first.row(1).after ?? 0, try step.first.row(1).after ?? 0)
        let count = try step.first.kept
        return Evidence(
          "rank 1 \(percent(before)) → \(percent(after)), kept \(count)", after > before && count == 5)
      },
      .explains("A relative limit means", "what the steps before showed"),
      .explains("> opens the next lesson", "keys")),
  ]

  /// The token that the draw falls on.
  private static func drawn(_ label: String, _ step: LessonPlayer.Step) throws -> Evidence {
    let next = try step.first.next
    return Evidence("drawn \(next.label)", next.label == label)
  }
}

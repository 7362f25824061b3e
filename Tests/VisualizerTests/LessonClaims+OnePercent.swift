import LMCore

/// What the sentences of the lesson on a token of one percent say. They name no number of one model, so that they hold on
/// any; the token that the built-in model draws is one of one percent.
extension LessonClaims {
  static let onePercent = [
    LessonStepClaims(
      .says("The chain is min-p 0.05") { step in
        let next = try step.first.next
        return Evidence("drawn \(next.label), kept \(try step.first.kept)", try step.first.kept > 1)
      }, .asks("Press → to append"),
      plain: [.asks("Press → to append")]),
    LessonStepClaims(
      .explains("Min-p 0.05 does not ask", "a definition"),
      .says("So a token of one percent") { step in
        let (chosen, first) = (try step.first.chosen, try step.earlier[0].first.row(1).before)
        return Evidence(
          "p(chosen) \(percent(chosen)), rank 1 \(percent(first))", isNear(chosen, 0.010) && first < 0.2)
      }, .asks("Press ← to step back")),
    LessonStepClaims(
      .says("The cut line tells how") { step in try keepsFrom(0.05, step) },
      .asks("Press > for min-p 0.20."),
      plain: [.says("The report tells how") { step in try keepsFrom(0.05, step) }]),
    LessonStepClaims(
      .says("Now a token needs a fifth") { step in
        let (before, now) = (try step.earlier[2].first.kept, try step.first.kept)
        let found = try keepsFrom(0.2, step)
        return Evidence("\(found.figures), \(before) before", found.holds && now < before)
      },
      .says("The number u is the same.") { step in
        let (u, before) = (step.first.u, step.earlier[0].first.u)
        return Evidence("u \(u ?? -1), before \(before ?? -1)", u != nil && u == before)
      }, .asks("Press > for min-p 0.05 again.")),
    LessonStepClaims(
      .says("What is left is scaled up") { step in
        let row = try step.first.row(1)
        let after = row.after ?? 0
        return Evidence("rank 1 \(percent(row.before)) → \(percent(after))", after > row.before)
      }, .asks("Press > for T 0.50.")),
    LessonStepClaims(
      .says("A lower temperature gives the first") { step in
        let (before, after) = (try step.earlier[4].first.row(1).after ?? 0, try step.first.row(1).after ?? 0)
        let counts = (try step.earlier[4].first.kept, try step.first.kept)
        return Evidence(
          "rank 1 \(percent(before)) → \(percent(after)), kept \(counts.0), then \(counts.1)",
          after > before && counts.1 < counts.0)
      },
      .explains("A relative limit means", "what the steps before showed"),
      .explains("> opens the next lesson", "keys")),
  ]

  /// The kept tokens are those that have this share of the first one's probability.
  private static func keepsFrom(_ share: Double, _ step: LessonPlayer.Step) throws -> Evidence {
    let limit = try share * step.first.row(1).before
    let rounding = 0.0006
    let isSo = step.first.rows.allSatisfy { row in
      row.after == nil ? row.before < limit + rounding : row.before > limit - rounding
    }
    return Evidence("limit \(percent(limit)), kept \(try step.first.kept)", isSo && !step.first.rows.isEmpty)
  }
}

import LMCore

/// Beam search in words, for the screen and for plain mode.
package enum BeamDescription {
  /// `beam search: 4 beams → length^1 → early stopping false`, `beam sampling: ...`
  ///
  /// - Parameter isBrief: without the rule to stop.
  package static func text(_ settings: BeamSettings, isBrief: Bool = false, glyphs: GlyphSet) -> String {
    let name = name(of: settings.choice)
    let arrow = " \(glyphs.arrowRight) "
    let chain =
      settings.draws ? arrow + ChainDescription(settings.sampling, glyphs: glyphs).brief : ""
    let groups =
      settings.choice == .diverse
      ? " in \(settings.groups) groups, diversity \(NumberFormat.shortest(settings.diversity))" : ""
    return
      "\(name): \(counted(settings.width, "beam"))\(groups)\(arrow)length^\(NumberFormat.shortest(settings.lengthPenalty))"
      + (isBrief ? "" : "\(arrow)early stopping \(settings.earlyStopping.rawValue)") + chain
  }

  /// What a search is called.
  package static func name(of choice: BeamSettings.Choice) -> String {
    switch choice {
    case .best: "beam search"
    case .sampled: "beam sampling"
    case .stochastic: "stochastic beams"
    case .diverse: "diverse beams"
    }
  }

  /// What becomes of a continuation.
  package static func fate(of candidate: BeamCandidate, width: Int, glyphs: GlyphSet) -> String {
    switch candidate.fate {
    case .lives(let place): "\(glyphs.arrowRight) beam \(place + 1)"
    case .finished(let score): "finished, score \(number(score))"
    case .finishedBelowOthers(let score): "score \(number(score)): \(width) finished ones are better"
    case .endedTooLow: "ended below rank \(width): lost"
    case .cut: "cut"
    case .groupEnded: "its group has ended"
    }
  }

  /// How a live beam came to its end: its best continuation, and its rank.
  package static func death(of parent: Int, in step: BeamStep, width: Int) -> String? {
    guard step.survivors(of: parent) == 0 else { return nil }
    guard let best = step.candidates.filter({ $0.parent == parent }).min(by: { $0.rank < $1.rank }) else {
      return "dies: none of its continuations is looked at"
    }
    switch best.fate {
    case .finished, .finishedBelowOthers, .endedTooLow: return "ends"
    case .groupEnded: return "goes no further: its group has ended"
    case .lives, .cut: return "dies: its best ranks \(best.rank), below \(width)"
    }
  }

  /// What the stop rule compares after a step, and what follows.
  package static func rule(_ step: BeamStep, _ settings: BeamSettings) -> String {
    switch step.stop {
    case .length: return "the texts have their length: all count as finished"
    case .allFinished: return "\(counted(step.finished.count, "text")) finished: the search ends"
    case .noBetter, nil: break
    }
    if settings.choice == .diverse {
      let ended = settings.groups - Set(step.live.map(\.group)).count
      return
        "\(ended) of \(settings.groups) groups have ended: the search \(ended < settings.groups ? "goes on" : "ends")"
    }
    guard let best = step.bestPossibleScore else { return "" }
    guard let worst = step.worstFinishedScore else {
      return "\(step.finished.count) of \(settings.width) finished: the search goes on"
    }
    if settings.earlyStopping == .immediate { return "\(settings.width) finished: the search ends" }
    let sign = best > worst ? ">" : "<="
    let end = best > worst ? "goes on" : "ends"
    return
      "best live beam can score \(number(best)) \(sign) worst finished \(number(worst)): the search \(end)"
  }

  /// A sum or a score.
  package static func number(_ value: Double) -> String { NumberFormat.fixed(value, decimals: 3) }
}

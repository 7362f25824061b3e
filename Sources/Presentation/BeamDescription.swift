import LMCore

/// Beam search in words, for the screen and for plain mode.
package enum BeamDescription {
  /// `beam search: 4 beams → length^1 → early stopping false`, `beam sampling: ...`, and the chain as far as it acts
  ///
  /// - Parameter columns: how many there are; where they are too few, the rule to stop is left out, and the chain shortened.
  package static func text(_ settings: BeamSettings, columns: Int = .max, glyphs: GlyphSet) -> String {
    let name = name(of: settings.choice)
    let arrow = " \(glyphs.arrowRight) "
    let acting = settings.actingSampling
    let hasChain = settings.draws || settings.hasActingChain
    let chain = ChainDescription(acting, glyphs: glyphs)
    let groups =
      settings.choice == .diverse
      ? " in \(settings.groups) groups, diversity \(NumberFormat.shortest(settings.diversity))" : ""
    let beams =
      "\(name): \(counted(settings.width, "beam"))\(groups)\(arrow)length^\(NumberFormat.shortest(settings.lengthPenalty))"
    let rule = stopRule(settings).map { arrow + $0 } ?? ""
    let whole = beams + rule + (hasChain ? arrow + chain.brief : "")
    guard hasChain, CellWidth.width(of: whole) > columns else {
      return CellWidth.width(of: whole) <= columns ? whole : beams
    }
    return beams + arrow + chain.fitting(columns - CellWidth.width(of: beams + arrow))
  }

  /// `early stopping false`; nil where whole texts are drawn, which has no such rule.
  package static func stopRule(_ settings: BeamSettings) -> String? {
    settings.stopsEarly ? "early stopping \(settings.earlyStopping.rawValue)" : nil
  }

  /// What the sum is called that the search ranks by: where a chain or groups change ln p, it is not the model's own.
  package static func sumName(_ settings: BeamSettings) -> String {
    settings.hasSearchSums ? "search sum" : ownSum
  }

  /// The sum of the model's own ln p.
  package static let ownSum = "sum of ln p"
  /// ln p as the search counts it: behind the chain and the diversity penalty.
  package static let countedName = "counted ln p"
  /// A text's sum with Gumbel noise, by which stochastic beams rank (arXiv 1903.06059).
  package static let perturbedName = "perturbed ln p"

  /// The numbers of a live beam by name: `search sum, score`.
  package static func beamFigures(_ settings: BeamSettings) -> String {
    let group = settings.choice == .diverse ? ["group"] : []
    let perturbed = settings.choice == .stochastic ? [perturbedName] : []
    return (group + [sumName(settings), "score"] + perturbed).joined(separator: ", ")
  }

  /// The numbers of a continuation by name: `p, sum of ln p`.
  package static func candidateFigures(_ settings: BeamSettings) -> String {
    let counted = settings.hasSearchSums ? [countedName] : []
    let perturbed = settings.choice == .stochastic ? [perturbedName] : []
    return (["p"] + counted + [sumName(settings)] + perturbed).joined(separator: ", ")
  }

  /// `the best 8 continuations`, `8 drawn continuations`
  package static func candidates(_ count: Int, _ settings: BeamSettings) -> String {
    settings.draws ? "\(counted(count, "drawn continuation"))" : "the best \(counted(count, "continuation"))"
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

  /// What becomes of a continuation, within so many columns where one of the forms fits.
  package static func fate(
    of candidate: BeamCandidate, width: Int, columns: Int, glyphs: GlyphSet
  ) -> String {
    let whole = fate(of: candidate, width: width, glyphs: glyphs)
    guard case .finishedBelowOthers(let score) = candidate.fate else { return whole }
    let short = "\(number(score)): \(width) are better"
    return [whole, "score \(short)"].first { CellWidth.width(of: $0) <= columns } ?? short
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
    let shown = numbers(best, worst)
    return
      "best live beam can score \(shown.0) \(sign) worst finished \(shown.1): the search \(end)"
  }

  /// Two numbers with as many decimals as tell them apart.
  package static func numbers(_ a: Double, _ b: Double, decimals: Int = 3) -> (String, String) {
    var decimals = decimals
    func shown(_ value: Double) -> String { NumberFormat.fixed(value, decimals: decimals) }
    while a != b, decimals < 12, shown(a) == shown(b) { decimals += 1 }
    return (shown(a), shown(b))
  }

  /// A sum or a score.
  package static func number(_ value: Double) -> String { NumberFormat.fixed(value, decimals: 3) }
}

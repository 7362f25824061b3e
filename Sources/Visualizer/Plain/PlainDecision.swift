import LMCore
import Presentation

/// The next decision of one lane in a few sentences: the kept tokens, the first rows, the draw.
struct PlainDecision {
  let decision: Decision
  let card: ModelCard?
  let speech: SpokenText
  /// A replay draws nothing, so that no key helps.
  var isReplay = false

  /// The number of rows in a report: few, since a listener cannot skip lines.
  static let rowCount = 5

  private var distribution: Distribution { decision.distribution }

  func lines(rows: Int = PlainDecision.rowCount) -> [String] {
    let shown = (0..<rows).lazy.map { $0 + 1 }.prefix { $0 <= distribution.knownRanks }
    let untold = distribution.untoldText.map { ["Not known: \($0)."] } ?? []
    return [summary, entropy] + shown.compactMap(row) + untold + [ending(shown: shown.count)]
  }

  private var summary: String {
    let all = NumberFormat.grouped(distribution.vocabularySize)
    if distribution.chainProblem != nil { return "Next: the sampler chain did not run." }
    if decision.settings.isGreedy {
      let rank = decision.drawn.flatMap(distribution.row(of:))?.rank ?? 1
      let place = rank == 1 ? "" : " rank \(NumberFormat.grouped(rank)),"
      let reason = rank == 1 ? "" : " after penalties and bans"
      return "Next: greedy takes\(place) the most probable of \(all) tokens\(reason)."
    }
    guard distribution.keptCount < distribution.vocabularySize else {
      return "Next: all \(all) tokens are kept."
    }
    let kept = distribution.keptText
    let mass = speech.percent(distribution.keptMassBounds)
    let deed = ChainDescription.bindingDeed(in: distribution).map { "; \($0)" } ?? ""
    return "Next: \(kept) of \(all) tokens are kept, \(mass) of the probability\(deed)."
  }

  /// The entropy before and after the chain.
  private var entropy: String {
    let before = RangeText.fixed(distribution.belief.entropyBounds, decimals: 2)
    let after = RangeText.fixed(distribution.entropyAfterBounds, decimals: 2)
    // Greedy decoding leaves one token, whose entropy is always 0.
    let isSame = after == before || distribution.chainProblem != nil || decision.settings.isGreedy
    return "Entropy \(before)" + (isSame ? " bits." : ", then \(after) bits.")
  }

  /// `2: " wanted", 18.8%, then 21.2%.`; nil where the row is not known.
  func row(_ rank: Int) -> String? {
    distribution.row(atRank: rank).map { row in
      var text = "\(NumberFormat.grouped(rank)): \(token(row.id)), \(probabilities(row))"
      if row.id == decision.id, decision.followed == nil {
        text += decision.settings.isGreedy ? ", taken" : ", drawn"
      }
      return text + "."
    }
  }

  /// The token that a step forward appends. Its probabilities are left out where its row was reported already.
  private func ending(shown: Int) -> String {
    guard let id = decision.id else {
      return decision.problem.map { isReplay ? $0.description : KeyAdvice.sentence(for: $0) } ?? ""
    }
    let row = distribution.row(of: id)
    let named = token(id) + (row.map { ", rank \(NumberFormat.grouped($0.rank))" } ?? "")
    let probabilities = row.map { $0.rank > shown ? ", " + self.probabilities($0) : "" } ?? ""
    if decision.followed != nil { return "The author's: \(named)\(probabilities)." }
    if decision.settings.isGreedy { return "Takes: \(named)\(probabilities)." }
    let number = decision.u.map { ", with u \(NumberFormat.fixed($0, decimals: 4))" } ?? ""
    return "Drawn: \(named)\(probabilities)\(number)."
  }

  /// The probabilities before and after the chain; one where both are the same.
  private func probabilities(_ row: DistributionRow) -> String {
    let before = speech.percent(row.before)
    if distribution.chainProblem != nil { return before }
    guard let share = row.afterBounds else {
      return "\(before), \(ChainDescription.removal(by: row.removedBy))"
    }
    let after = speech.percent(share)
    return after == before || decision.settings.isGreedy ? before : "\(before), then \(after)"
  }

  private func token(_ id: Int) -> String { speech.token(card?.bytes(of: id) ?? []) }
}

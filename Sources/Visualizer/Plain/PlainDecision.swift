import LMCore

/// The decision that stands next in one lane, in a few sentences: the kept tokens, the first rows, the draw.
struct PlainDecision {
  let decision: Decision
  let card: ModelCard?
  let speech: SpokenText

  /// Of the rows below a screen's first ones little is heard.
  static let rowCount = 5

  private var distribution: Distribution { decision.distribution }

  func lines(rows: Int = PlainDecision.rowCount) -> [String] {
    let count = min(rows, distribution.ranking.count)
    return [summary, entropy] + (1...count).map(row) + [ending(shown: count)]
  }

  private var summary: String {
    let all = NumberFormat.grouped(distribution.ranking.count)
    if decision.settings.isGreedy {
      return "Next: greedy takes the most probable of \(all) tokens."
    }
    guard let filter = distribution.bindingFilter else {
      return "Next: all \(all) tokens are kept."
    }
    let kept = NumberFormat.grouped(distribution.keptCount)
    let mass = speech.percent(distribution.keptMass)
    return
      "Next: \(kept) of \(all) tokens are kept, \(mass) of the probability; \(filter.title) makes the cut."
  }

  /// How open the decision is, before and after the chain.
  private var entropy: String {
    let before = NumberFormat.fixed(distribution.entropyBefore, decimals: 2)
    let after = NumberFormat.fixed(distribution.entropyAfter, decimals: 2)
    // Greedy decoding leaves one token; nothing of that is news.
    let isSame = after == before || decision.settings.isGreedy
    return "Entropy \(before)" + (isSame ? " bits." : ", then \(after) bits.")
  }

  /// `2: " wanted", 18.8%, then 21.2%.`
  func row(_ rank: Int) -> String {
    let id = Int(distribution.ranking[rank - 1])
    var row = "\(NumberFormat.grouped(rank)): \(token(id)), \(probabilities(of: id))"
    if id == decision.id, decision.followed == nil {
      row += decision.settings.isGreedy ? ", taken" : ", drawn"
    }
    return row + "."
  }

  /// What stepping forward appends. A row that was just said is not said again.
  private func ending(shown: Int) -> String {
    let id = decision.followed ?? decision.id
    let rank = distribution.rank(of: id)
    let named = "\(token(id)), rank \(NumberFormat.grouped(rank))"
    let probabilities = rank > shown ? ", " + probabilities(of: id) : ""
    if decision.followed != nil { return "The author's: \(named)\(probabilities)." }
    if decision.settings.isGreedy { return "Takes: \(named)\(probabilities)." }
    let number = decision.u.map { ", with u \(NumberFormat.fixed($0, decimals: 4))" } ?? ""
    return "Drawn: \(named)\(probabilities)\(number)."
  }

  /// Before and after the chain; once where both are the same.
  private func probabilities(of id: Int) -> String {
    let before = speech.percent(distribution.before[id])
    guard distribution.isKept(id) else {
      let filter = distribution.removedBy(id)
      let reason = filter == .temperature ? "not taken" : "removed" + (filter.map { " by \($0.title)" } ?? "")
      return "\(before), \(reason)"
    }
    let after = speech.percent(distribution.after[id])
    return after == before || decision.settings.isGreedy ? before : "\(before), then \(after)"
  }

  private func token(_ id: Int) -> String { speech.token(card?.bytes(of: id) ?? []) }
}

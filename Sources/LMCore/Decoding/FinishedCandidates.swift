/// What is asked of the candidates that the chain has left.
extension Candidates {
  /// Where the token at a rank from 0 stands among the kept ones; nil where it was removed.
  func place(ofRank rank: Int) -> Int? {
    guard rank < ranked.rankCount else { return nil }
    guard let fates else { return range.contains(rank) ? rank : nil }
    return fates[rank] < 0 ? nil : Int(fates[rank])
  }

  /// The step that removed the token at a rank from 0; nil for a kept one, and for one that the model rules out.
  func remover(ofRank rank: Int) -> StepName? {
    guard rank < ranked.rankCount else { return restRemover }
    guard let fates else {
      return rank < ranked.finiteCount ? cuts.first { !$0.kept.contains(rank) }?.filter : nil
    }
    let fate = fates[rank]
    return fate < 0 && fate != Self.impossible ? cuts[Int(-fate) - 1].filter : nil
  }

  /// The step that removed the most probable of the tokens that are not left.
  var firstRemover: StepName? {
    let first =
      fates.map { $0.firstIndex { $0 < 0 } }
      ?? (range.lowerBound > 0 ? 0 : range.upperBound < ranked.rankCount ? range.upperBound : nil)
    return first.flatMap { remover(ofRank: $0) } ?? restRemover ?? rest?.cutter
  }

  /// A known candidate's probability at least; more where the rest's weight is not certain. Needs `updateWeights()`.
  func leastShare(at place: Int) -> Double {
    rest == nil ? share(at: place) : weight(at: place) / totals.upperBound
  }

  /// The most that it can be.
  func mostShare(at place: Int) -> Double { weight(at: place) / totals.lowerBound }

  /// What is left of the tokens that the source did not tell; nil where all are known.
  var untoldPart: Distribution.UntoldPart? {
    guard let rest else { return nil }
    let weight = restWeight
    return Distribution.UntoldPart(
      count: rest.count,
      mass: min(rest.weight.lowerBound / ranked.total, 1)...min(rest.weight.upperBound / ranked.total, 1),
      share: weight.lowerBound / (total + weight.lowerBound)...weight.upperBound / (total + weight.upperBound)
    )
  }

  /// How many ranks there are down to the last kept one; V where tokens are left that the source did not tell.
  var cutRank: Int { rest != nil ? ranked.vocabularySize : lastKeptRank }

  /// The same among the known ones.
  private var lastKeptRank: Int { 1 + (order.map { Int($0[range].max() ?? 0) } ?? range.upperBound - 1) }

  /// The model's own probability of what is left.
  var ownMass: Double {
    if order == nil, range.lowerBound == 0 { return ranked.cumulative(atRank: range.upperBound - 1) }
    return min(range.reduce(0) { $0 + ranked.probability(atRank: rank(at: $1)) }, 1)
  }

  /// What the token at a rank from 0 was drawn by before `reshape`; nil where nothing was reshaped, or it was removed.
  func shareBeforeReshape(ofRank rank: Int) -> Double? {
    guard let candidates = original?.candidates else { return nil }
    return candidates.place(ofRank: rank).map(candidates.share(at:))
  }

  // MARK: The line from 0 to 1 along which the kept tokens lie, in ranking order

  /// The first place at which the running sum of the shares exceeds u; else the last with a share above 0.
  private func placeDrawn(by u: Double) -> Int {
    let total = total
    var (sum, last) = (0.0, range.lowerBound)
    for place in range {
      let share = weight(at: place) / total
      sum += share
      if sum > u { return place }
      if share > 0 { last = place }
    }
    return last
  }

  /// See `Distribution.token(at:)`.
  func token(at u: Double) -> Int? {
    if rest != nil { return tokenOfHead(at: u) }
    if order == nil { return Int(ranked.ranking[placeDrawn(by: u)]) }
    var (sum, last) = (0.0, 0)
    for rank in 0..<lastKeptRank {
      guard let share = share(ofRank: rank) else { continue }
      sum += share
      if sum > u { return Int(ranked.ranking[rank]) }
      last = rank
    }
    return Int(ranked.ranking[last])
  }

  /// The known token that u falls on, however much the rest weighs within its bounds; nil where it falls among the rest, or
  /// may do so.
  private func tokenOfHead(at u: Double) -> Int? {
    let ranks = ranksOfHead(at: u)
    guard let low = ranks.least, ranks.most == low else { return nil }
    return Int(ranked.ranking[low])
  }

  /// The ranks, from 0, on which u falls where the rest weighs least, and where it weighs most; nil below the known ones.
  func ranksOfHead(at u: Double) -> (least: Int?, most: Int?) {
    let totals = totals
    func rank(_ total: Double) -> Int? {
      var sum = 0.0
      for rank in 0..<ranked.rankCount {
        guard let place = place(ofRank: rank) else { continue }
        sum += weight(at: place)
        if sum / total > u { return rank }
      }
      return nil
    }
    return (rank(totals.lowerBound), rank(totals.upperBound))
  }

  /// The sum of the probabilities of the first ranks.
  func sumOfShares(ofFirst count: Int) -> Double {
    (0..<max(count, 0)).reduce(0) { $0 + (share(ofRank: $1) ?? 0) }
  }

  /// The sum of the probabilities of these ranks, from 1, from the last one on; see `leastShare(at:)`.
  func mass(ofRanks ranks: ClosedRange<Int>) -> Double {
    let total = totals.upperBound
    return ranks.reversed().reduce(0) { sum, rank in
      sum + (place(ofRank: rank - 1).map { weight(at: $0) } ?? 0)
    } / total
  }

  /// Whether no rank below this one, from 0, can be drawn.
  func isLastDrawn(_ rank: Int) -> Bool {
    rest == nil && !(rank + 1..<max(lastKeptRank, rank + 1)).contains { share(ofRank: $0) != nil }
  }

  /// nil for a token that cannot be drawn: one that was removed, or whose probability rounds to 0.
  private func share(ofRank rank: Int) -> Double? {
    guard let place = place(ofRank: rank), case let share = leastShare(at: place), share > 0 else {
      return nil
    }
    return share
  }

  /// The id that is most probable; of equals the one of the higher rank.
  var mostProbable: Int {
    if order == nil { return id(at: range.lowerBound) }
    var best = 0
    for rank in 0..<lastKeptRank where (share(ofRank: rank) ?? 0) > (share(ofRank: best) ?? 0) { best = rank }
    return Int(ranked.ranking[best])
  }
}

extension Candidates {
  /// What a step saw before it removed tokens: enough to express any token's share in it.
  struct Cut {
    let filter: StepName
    /// The places that it kept.
    let kept: Range<Int>
    /// What it saw, by place.
    let scores: [Double]
    let range: Range<Int>
    let temperature: Double
    /// The sum of the weights that it saw; nil where no step needed it.
    let total: Double?

    var firstScore: Double { scores[range.lowerBound] }
  }

  /// A changed score, or one that was removed.
  struct Change {
    /// From 0, in the model's own distribution.
    let rank: Int
    let before: Double
    let after: Double?
  }

  /// Candidates by reference, since a value cannot hold another one of its kind.
  final class Original: Sendable {
    let candidates: Candidates

    init(_ candidates: Candidates) { self.candidates = candidates }
  }
}

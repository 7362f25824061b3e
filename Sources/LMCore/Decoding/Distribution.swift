import Glibc

/// One decision: the model's distribution over the next token, and what the sampler chain made of it.
///
/// V tokens, indexed by id unless said otherwise. A value whose arrays share their storage: a copy is cheap.
public struct Distribution: Sendable {
  /// The model's side; another chain can be applied to it without a softmax or a sort.
  public let ranked: RankedLogits
  /// The distribution that the token is drawn from: renormalised over the kept tokens, 0 for all others, [V].
  public let after: [Double]
  /// At least 1. A kept token's probability can still round to 0, as at a very low temperature.
  public let keptCount: Int
  /// The model's own probability of the kept tokens together.
  public let keptMass: Double
  /// The share of the kept tokens in the distribution that the binding filter saw, which temperature, penalties
  /// and earlier filters had changed; 1 where nothing was removed.
  public let filteredMass: Double
  /// The filter that makes the cut: the one that removed the first token, in ranking order, below the last kept one.
  /// Where nothing was removed there, the one that removed the most probable token; nil where none removed any.
  ///
  /// So a ban of the most likely token does not pass for the filter that removed the whole tail.
  public let bindingFilter: FilterName?
  /// 1-based rank, by `before`, of the last kept token.
  public let cutRank: Int
  /// -sum p log2 p of `after`, in bits.
  public let entropyAfter: Double
  private let removals: [UInt8]

  /// The model's scores, [V]; see `RankedLogits.logits`.
  public var logits: [Float] { ranked.logits }
  /// softmax(logits) at temperature 1, [V].
  public var before: [Double] { ranked.probabilities }
  /// All ids by `before` descending (to the last bit of the logits), ties lowest id first, [V].
  public var ranking: [Int32] { ranked.ranking }
  /// -sum p log2 p of `before`, in bits.
  public var entropyBefore: Double { ranked.entropy }

  init(_ ranked: RankedLogits, _ chained: Candidates) {
    var candidates = chained
    entropyAfter = candidates.entropy() * bitsPerNat
    let (ids, range, total) = (candidates.ids, candidates.range, candidates.total)
    let (removals, before) = (candidates.removals, ranked.probabilities)
    var after = [Double](repeating: 0, count: ranked.vocabularySize)
    for place in range { after[Int(ids[place])] = candidates.weight(at: place) / total }

    if candidates.followsRanking && range.lowerBound == 0 {
      (cutRank, keptMass) = (range.upperBound, ranked.cumulative(atRank: range.upperBound))
    } else {
      cutRank = 1 + (ranked.ranking.lastIndex { removals[Int($0)] == Removal.none } ?? 0)
      keptMass = min(range.reduce(0) { $0 + before[Int(ids[$1])] }, 1)
    }
    // Behind the first place below the cut lies nothing that was kept; what the model itself ruled out ranks last.
    let below = cutRank < ranked.vocabularySize ? Removal.filter(removals[Int(ranked.ranking[cutRank])]) : nil
    bindingFilter =
      below
      ?? ranked.ranking.lazy.map { removals[Int($0)] }.first { $0 != Removal.none }.flatMap(Removal.filter)
    let cut = candidates.cuts.first { [bindingFilter] in $0.filter == bindingFilter }
    filteredMass = cut.map { min(candidates.mass(in: $0), 1) } ?? 1

    self.ranked = ranked
    self.after = after
    self.removals = removals
    keptCount = range.count
  }

  public func isKept(_ id: Int) -> Bool { removals[id] == Removal.none }

  /// The filter that removed a token: nil for a kept one, and for one that the model itself ruled out with a
  /// logit of minus infinity.
  public func removedBy(_ id: Int) -> FilterName? { Removal.filter(removals[id]) }

  /// The 1-based rank of a token by `before`.
  public func rank(of id: Int) -> Int { ranked.rank(of: id) }

  /// The running sum of `before` over the first `rank` tokens of `ranking`; 0 at 0, 1 at V.
  public func cumulative(atRank rank: Int) -> Double { ranked.cumulative(atRank: rank) }

  /// The token that a random number draws: the first kept one, in ranking order, whose running sum of `after`
  /// exceeds u, in [0, 1). Rounding may leave the whole sum a little below 1: then the last one that can be drawn.
  public func sample(_ u: Double) -> Int {
    precondition(u >= 0 && u < 1, "a draw is a number in [0, 1)")
    var sum = 0.0
    var last = 0
    for id in ranking[..<cutRank].lazy.map(Int.init) where after[id] > 0 {
      sum += after[id]
      if sum > u { return id }
      last = id
    }
    return last
  }

  /// The numbers that draw a token: its place on the line from 0 to 1 along which the kept tokens lie in ranking
  /// order. The lower bound draws it, the upper one the token behind. Nil for a token that is never drawn.
  public func interval(of id: Int) -> ClosedRange<Double>? {
    guard after[id] > 0 else { return nil }
    var sum = 0.0
    for place in 0..<cutRank {
      let other = Int(ranking[place])
      let lower = sum
      sum += after[other]
      guard other == id else { continue }
      let isLast = !ranking[(place + 1)..<cutRank].contains { after[Int($0)] > 0 }
      return min(lower, 1)...(isLast ? 1 : min(sum, 1))
    }
    return nil
  }
}

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
  /// What a trace says of the draw; nil for a distribution that was computed.
  private let recordedDraw: RecordedDraw?

  private struct RecordedDraw {
    let id: Int
    let interval: ClosedRange<Double>?
  }

  /// How many of the first ranks are known: V, but for a distribution that was read from a trace. Below them,
  /// only single tokens are: all else in the arrays stands for "unknown".
  public let knownRanks: Int

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
    recordedDraw = nil
    knownRanks = ranked.vocabularySize
  }

  /// A distribution of V tokens as a trace holds it. Unknown tokens fill the ranks that are not known.
  init(_ recording: TraceDecision, vocabularySize: Int) {
    var ranking = [Int32](repeating: -1, count: vocabularySize)
    var (logits, removals) = (
      [Float](repeating: -.infinity, count: vocabularySize),
      [UInt8](repeating: Removal.impossible, count: vocabularySize)
    )
    var (before, after) = (
      [Double](repeating: 0, count: vocabularySize), [Double](repeating: 0, count: vocabularySize)
    )
    var cumulative = [Double](repeating: 1, count: vocabularySize)
    var isKnown = [Bool](repeating: false, count: vocabularySize)
    for row in recording.rows {
      let id = row.token.id
      isKnown[id] = true
      ranking[row.rank - 1] = Int32(id)
      cumulative[row.rank - 1] = row.cumulative
      (logits[id], before[id], after[id]) = (row.logit, row.before, row.after)
      removals[id] = row.isKept ? Removal.none : row.removedBy.map(Removal.code) ?? Removal.impossible
    }
    var unknown = isKnown.indices.lazy.filter { !isKnown[$0] }.makeIterator()
    for place in ranking.indices where ranking[place] < 0 { ranking[place] = Int32(unknown.next() ?? 0) }
    ranked = RankedLogits(
      recorded: logits, probabilities: before, ranking: ranking, cumulative: cumulative,
      finiteCount: vocabularySize, entropy: recording.entropyBits)
    self.after = after
    self.removals = removals
    keptCount = recording.kept
    keptMass = recording.keptMass
    filteredMass = recording.filteredMass
    bindingFilter = recording.bindingFilter
    cutRank = recording.cutRank
    entropyAfter = recording.entropyAfterBits
    recordedDraw = RecordedDraw(id: recording.drawnID, interval: recording.interval)
    knownRanks = recording.knownRanks
  }

  /// The ids of the known ranks, in their order.
  public var knownRanking: ArraySlice<Int32> { ranking[..<knownRanks] }

  public func isKept(_ id: Int) -> Bool { removals[id] == Removal.none }

  /// The filter that removed a token: nil for a kept one, and for one that the model itself ruled out with a
  /// logit of minus infinity.
  public func removedBy(_ id: Int) -> FilterName? { Removal.filter(removals[id]) }

  /// The 1-based rank of a token by `before`.
  public func rank(of id: Int) -> Int {
    // A recording does not know all the logits that a search by halving would look at.
    guard recordedDraw != nil else { return ranked.rank(of: id) }
    return 1 + (ranking.firstIndex(of: Int32(id)) ?? 0)
  }

  /// The running sum of `before` over the first `rank` tokens of `ranking`; 0 at 0, 1 at V.
  public func cumulative(atRank rank: Int) -> Double { ranked.cumulative(atRank: rank) }

  /// The token that a random number draws: the first kept one, in ranking order, whose running sum of `after`
  /// exceeds u, in [0, 1). Rounding may leave the whole sum a little below 1: then the last one that can be drawn.
  public func sample(_ u: Double) -> Int {
    precondition(u >= 0 && u < 1, "a draw is a number in [0, 1)")
    if let recordedDraw { return recordedDraw.id }
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
    if let recordedDraw, recordedDraw.id == id { return recordedDraw.interval }
    guard after[id] > 0 else { return nil }
    // Below the known ranks, the sum up to a token is unknown.
    if recordedDraw != nil, rank(of: id) > knownRanks { return nil }
    var sum = 0.0
    for place in 0..<cutRank {
      let other = Int(ranking[place])
      let lower = sum
      sum += after[other]
      guard other == id else { continue }
      let isLast =
        (recordedDraw == nil || cutRank <= knownRanks)
        && !ranking[(place + 1)..<cutRank].contains { after[Int($0)] > 0 }
      return min(lower, 1)...(isLast ? 1 : min(sum, 1))
    }
    return nil
  }
}

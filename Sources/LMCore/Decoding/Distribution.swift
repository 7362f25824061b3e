/// One token of a distribution: the model's own row, and what the sampler chain made of it.
public struct DistributionRow: Hashable, Sendable {
  /// The token in the model's own distribution.
  public let belief: BeliefRow
  /// Renormalised over the kept tokens; nil for a removed token. A kept token's probability can still round to 0, as at
  /// a very low temperature. Where a head leaves it open, the least that it can be.
  public let after: Double?
  /// The most that it can be; equal to `after` where that is certain.
  public let mostAfter: Double?
  /// The step that removed the token; nil for a kept one, and for one that the model itself rules out.
  public let removedBy: StepName?
  /// By how much a penalty changed the logit; 0 where none did, or a recording does not tell.
  public let scoreChange: Double

  init(
    belief: BeliefRow, after: Double?, mostAfter: Double? = nil, removedBy: StepName?, scoreChange: Double = 0
  ) {
    (self.belief, self.after, self.mostAfter) = (belief, after, mostAfter ?? after)
    (self.removedBy, self.scoreChange) = (removedBy, scoreChange)
  }

  /// The rank in the model's own distribution, from 1.
  public var rank: Int { belief.rank }
  /// The token's id.
  public var id: Int { belief.id }
  /// The model's own probability.
  public var before: Double { belief.probability }
  /// True where the chain kept the token.
  public var isKept: Bool { after != nil }
  /// Where its probability after the chain lies; nil for a removed token.
  public var afterBounds: ClosedRange<Double>? { after.map { $0...max($0, mostAfter ?? $0) } }
}

/// One decision: the model's distribution over the next token, and what the sampler chain made of it.
///
/// It is read by rank or by token, as a `Belief` is. A copy is cheap.
public struct Distribution: Sendable {
  /// The model's side; another chain can be applied to it without a softmax or a sort.
  public let belief: Belief
  /// At least 1. Where a filter cut among tokens that nobody told, the least that it can be.
  public let keptCount: Int
  /// The model's own probability of the kept tokens together; the least that it can be where it is not certain.
  public let keptMass: Double
  /// What of the kept tokens the source did not tell; nil where all are known.
  public let untoldKept: UntoldPart?
  /// Why the chain ended before its last step; nil where all steps ran.
  public let untold: Untold?
  /// The filter that makes the cut: the one that removed the first token, in ranking order, below the last kept one.
  /// Where nothing was removed there, the one that removed the most probable token; nil where none removed any.
  ///
  /// So a ban of the most likely token does not pass for the filter that removed the whole tail.
  public let bindingFilter: StepName?
  /// 1-based rank, by the model's own probability, of the last kept token.
  public let cutRank: Int
  /// -sum p log2 p after the chain, in bits; the middle of its bounds where they differ.
  public let entropyAfter: Double
  /// Where it lies.
  public let entropyAfterBounds: ClosedRange<Double>
  private let knownFilteredMass: Double?
  private let content: Content

  private enum Content: Sendable {
    /// Candidates are several arrays: a row that copied them would count references for longer than it computes.
    case computed(Boxed<Candidates>)
    /// The known rows, by rank; and the one draw that is known of the rest.
    case recorded([DistributionRow], draw: RecordedDraw?)
  }

  /// The kept tokens of which a head tells nothing but their number and their weight.
  public struct UntoldPart: Equatable, Sendable {
    /// How many they are.
    public let count: ClosedRange<Int>
    /// The model's own probability of them together.
    public let mass: ClosedRange<Double>
    /// Their share after the chain.
    public let share: ClosedRange<Double>

    /// How many of them may be kept or not.
    var openCount: Int { count.upperBound - count.lowerBound }
  }

  /// What a recording tells of a distribution of which only the first ranks were known.
  struct RecordedHead {
    let knownRanks: Int
    let restMass: ClosedRange<Double>
    let entropyBounds: ClosedRange<Double>
    let entropyAfterBounds: ClosedRange<Double>
    let kept: UntoldPart?
    let untold: Untold?
  }

  struct RecordedDraw: Sendable {
    let id: Int
    /// nil for a token that is never drawn.
    let interval: ClosedRange<Double>?
  }

  /// Whether it is not certain how many tokens are kept: a filter cut among those that the source did not tell.
  public var isCutOpen: Bool { keptCountBounds.count > 1 }

  /// Whether tokens that the source did not tell may be among the kept ones: also known ones can be open, behind top-p.
  package var mayKeepUntold: Bool {
    guard let rest = candidates?.rest else { return untoldKept != nil }
    return rest.count.upperBound > rest.uncertain.count
  }

  /// Where `keptCount` lies.
  public var keptCountBounds: ClosedRange<Int> {
    keptCount...keptCount + (untoldKept?.openCount ?? 0)
  }

  /// Where `keptMass` lies.
  public var keptMassBounds: ClosedRange<Double> {
    let open = untoldKept.map { $0.mass.upperBound - $0.mass.lowerBound } ?? 0
    return keptMass...max(min(keptMass + open, 1), keptMass)
  }

  /// V
  public var vocabularySize: Int { belief.vocabularySize }
  /// See `Belief.knownRanks`.
  public var knownRanks: Int { belief.knownRanks }
  /// -sum p log2 p of the model's own distribution, in bits.
  public var entropyBefore: Double { belief.entropy }

  init(_ belief: Belief, _ chained: Candidates, stoppedBy untold: Untold? = nil) {
    var candidates = chained
    self.untold = untold
    if candidates.rest == nil {
      entropyAfter = candidates.entropy() * bitsPerNat
      entropyAfterBounds = entropyAfter...entropyAfter
    } else {
      candidates.updateWeights()
      let bounds = candidates.entropyBounds()
      entropyAfterBounds = bounds.lowerBound * bitsPerNat...bounds.upperBound * bitsPerNat
      entropyAfter = (entropyAfterBounds.lowerBound + entropyAfterBounds.upperBound) / 2
    }
    candidates.finish()
    let part = candidates.untoldPart
    untoldKept = part
    cutRank = candidates.cutRank
    keptMass = min(candidates.ownMass + (part?.mass.lowerBound ?? 0), 1)
    keptCount = candidates.count + (part?.count.lowerBound ?? 0)
    // Behind the first place below the cut lies nothing that was kept; what the model itself ruled out ranks last.
    let below =
      cutRank < belief.vocabularySize ? candidates.remover(ofRank: cutRank) : candidates.rest?.cutter
    let binding = below ?? candidates.firstRemover
    bindingFilter = binding
    let cut = candidates.cuts.first { $0.filter == binding }
    // Where no step needed the sum of what it saw, few ask for the share of it.
    knownFilteredMass = cut.map { $0.total == nil ? nil : candidates.mass(in: $0) } ?? 1
    self.belief = belief
    content = .computed(Boxed(candidates))
  }

  /// What was recorded of a distribution: its known rows by rank, and the numbers of the whole.
  init(
    recorded rows: [DistributionRow], vocabularySize: Int, entropyBefore: Double, entropyAfter: Double,
    keptCount: Int, keptMass: Double, filteredMass: Double, bindingFilter: StepName?, cutRank: Int,
    draw: RecordedDraw?, head: RecordedHead? = nil
  ) {
    belief = Belief(
      recorded: rows.map(\.belief), vocabularySize: vocabularySize, entropy: entropyBefore,
      entropyBounds: head?.entropyBounds, restMass: head?.restMass, toldRanks: head?.knownRanks)
    (self.keptCount, self.keptMass, self.bindingFilter) = (keptCount, keptMass, bindingFilter)
    (self.cutRank, self.entropyAfter, knownFilteredMass) = (cutRank, entropyAfter, filteredMass)
    entropyAfterBounds = head?.entropyAfterBounds ?? entropyAfter...entropyAfter
    (untoldKept, untold) = (head?.kept, head?.untold)
    content = .recorded(rows, draw: draw)
  }

  /// `cutRank`, where a filter removed every token below it and the model's own probability of these is known; else nil.
  /// So a ban of single tokens makes no cut.
  public var cutLineRank: Int? {
    bindingFilter != nil && cutRank < vocabularySize && cumulativeAtCut != nil ? cutRank : nil
  }

  /// The model's own probability of all ranks down to the cut; nil where a recording does not tell.
  public var cumulativeAtCut: Double? {
    belief.row(atRank: cutRank)?.cumulative ?? (keptCount == cutRank ? keptMass : nil)
  }

  /// The share of the kept tokens in the distribution that the binding filter saw, which temperature, penalties
  /// and earlier filters had changed; 1 where nothing was removed.
  public var filteredMass: Double {
    if let knownFilteredMass { return knownFilteredMass }
    guard case .computed(let box) = content,
      let cut = box.value.cuts.first(where: { $0.filter == bindingFilter })
    else { return 1 }
    return box.value.mass(in: cut)
  }

  /// What the chain left; nil for a recording.
  var candidates: Candidates? {
    if case .computed(let box) = content { box.value } else { nil }
  }

  // MARK: Rows

  /// nil where the rank is not known, or lies outside 1...V.
  public func row(atRank rank: Int) -> DistributionRow? { belief.row(atRank: rank).flatMap(row) }

  /// nil for a token that is not known, or whose id lies outside 0..<V.
  public func row(of id: Int) -> DistributionRow? { belief.row(of: id).flatMap(row) }

  private func row(_ belief: BeliefRow) -> DistributionRow? {
    switch content {
    case .computed(let box):
      let (candidates, rank) = (box.value, belief.rank - 1)
      if let most = candidates.mostUncertainShare(ofRank: rank) {
        return DistributionRow(
          belief: belief, after: 0, mostAfter: most, removedBy: nil,
          scoreChange: candidates.scoreChange(ofRank: rank))
      }
      let place = candidates.place(ofRank: rank)
      return DistributionRow(
        belief: belief, after: place.map(candidates.leastShare(at:)),
        mostAfter: candidates.rest == nil ? nil : place.map(candidates.mostShare(at:)),
        removedBy: place == nil ? candidates.remover(ofRank: rank) : nil,
        scoreChange: candidates.scoreChange(ofRank: rank))
    case .recorded(let rows, _):
      let index = rows.indices.partitioningIndex { rows[$0].rank >= belief.rank }
      return rows[index]
    }
  }

  /// The known ranks of kept tokens, from one on, ascending.
  public func keptRanks(from rank: Int = 1) -> some Sequence<Int> {
    // Below the cut nothing was kept.
    let last = min(knownRanks, cutRank)
    return (max(rank, 1)..<max(last + 1, rank, 1)).lazy.filter { isKept(atRank: $0) }
  }

  /// True also where it is not certain; false also for a rank that is not known.
  public func isKept(atRank rank: Int) -> Bool {
    switch content {
    case .computed(let box):
      (1...knownRanks).contains(rank)
        && (box.value.place(ofRank: rank - 1) != nil || box.value.rest?.uncertain.contains(rank - 1) == true)
    case .recorded: row(atRank: rank)?.isKept ?? false
    }
  }

  /// The largest probability after the chain; nil where no row is known.
  public var largestAfter: Double? {
    switch content {
    case .computed(let box): box.value.leastShare(at: box.value.range.lowerBound)
    case .recorded(let rows, _): rows.lazy.compactMap(\.after).max()
    }
  }

  /// The probability of a token before adaptive-p gave all of them other scores; nil where it did not run.
  func shareBeforeReshape(of id: Int) -> Double? {
    guard case .computed(let box) = content, let row = belief.row(of: id) else { return nil }
    return box.value.shareBeforeReshape(ofRank: row.rank - 1)
  }

  /// The token that the chain left most probable; of equals the one of the higher rank. nil for a recording.
  var mostProbableAfter: Int? {
    guard case .computed(let box) = content else { return nil }
    return box.value.mostProbable
  }

  // MARK: Drawing

  /// The kept token whose interval holds u, in [0, 1): the first in ranking order whose running sum of `after` exceeds
  /// u. Rounding may leave the whole sum a little below 1: then the last one that can be drawn. nil where it is not
  /// known, as in a recording for other draws than its own, or among the tokens that a head does not tell.
  public func token(at u: Double) -> Int? {
    precondition(u >= 0 && u < 1, "a draw is a number in [0, 1)")
    if untold != nil { return nil }
    switch content {
    case .computed(let box): return box.value.token(at: u)
    case .recorded(_, let draw): return draw?.interval?.contains(u) == true ? draw?.id : nil
    }
  }

  /// Why no token is drawn by u, where the source does not tell enough.
  package func openDraw(at u: Double) -> Untold {
    guard let candidates, candidates.rest != nil else { return .draw(u: u, known: knownRanks) }
    let (ranks, open) = (candidates.ranksOfHead(at: u), candidates.openRanks)
    guard let least = ranks.least else { return .draw(u: u, known: knownRanks, ranks: open) }
    let most = ranks.most.map { $0 + 1 } ?? open?.upperBound ?? knownRanks + 1
    return .draw(u: u, known: knownRanks, ranks: least + 1...max(most, least + 1))
  }

  /// The same where the tokens may lie along the line in any order.
  func openDrawInAnyOrder(at u: Double) -> Untold {
    .draw(u: u, known: knownRanks, ranks: 1...knownRanks + 1)
  }

  /// The numbers that draw a token: its place on the line from 0 to 1 along which the kept tokens lie in ranking
  /// order. The lower bound draws it, the upper one the token behind. Nil for a token that is never drawn, or below
  /// the known ranks.
  public func interval(of id: Int) -> ClosedRange<Double>? {
    if case .recorded(_, let draw?) = content, draw.id == id { return draw.interval }
    guard let row = row(of: id), let share = row.after, share > 0, row.rank <= knownRanks,
      let lower = cumulativeAfter(atRank: row.rank - 1)
    else { return nil }
    return min(lower, 1)...(isLastDrawn(row.rank) ? 1 : min(lower + share, 1))
  }

  /// The sum of the probabilities after the chain over ranks 1...rank; 0 at rank 0, nil below the known ranks.
  public func cumulativeAfter(atRank rank: Int) -> Double? {
    guard rank <= knownRanks else { return nil }
    switch content {
    case .computed(let box):
      return box.value.sumOfShares(ofFirst: rank)
    case .recorded(let rows, _): return rows[..<max(rank, 0)].reduce(0) { $0 + ($1.after ?? 0) }
    }
  }

  /// No rank below this one has a probability after the chain.
  private func isLastDrawn(_ rank: Int) -> Bool {
    switch content {
    case .computed(let box): return box.value.isLastDrawn(rank - 1)
    case .recorded(let rows, _):
      return cutRank <= knownRanks && rows[rank...].allSatisfy { ($0.after ?? 0) <= 0 }
    }
  }
}

import Glibc

/// The tokens that the chain has not removed so far, in the order of their scores.
///
/// A filter only moves the ends of `range`, because every filter but the n-gram ban keeps a run of tokens that
/// are neighbours in this order: so nothing is copied or written, and the ranking of the raw logits serves the whole
/// chain unless a step changes the order. Softmax weights are computed where a step asks for them, and of
/// the tokens that are left.
struct Candidates {
  let ranked: RankedScores
  /// Rank, from 0, of the token at each place, by score descending, ties lowest id first; by id at infinite
  /// temperature, where all are tied. nil while places are ranks.
  private(set) var order: [Int32]?
  /// What became of the token at each known rank, [N]: `present`, its place once the chain is finished, or how it left. nil
  /// while `order` is, because then `cuts` tell it.
  private(set) var fates: [Int32]?
  /// By place: the logit after the penalties and before the temperature.
  private(set) var scores: [Double]
  /// The scores that penalties changed, by rank.
  private var changedScores: [Int: Double] = [:]
  /// Which places are left; never empty.
  private(set) var range: Range<Int>
  /// What the scores are divided by. Kept apart from them: small T would overflow, large T would make ties.
  private(set) var temperature = 1.0
  /// The tokens that the source did not tell, while no step has removed them; nil where all are known.
  var rest: UntoldTokens?
  /// The step that removed these.
  var restRemover: StepName?
  /// The steps that removed something, in the order of the chain.
  private(set) var cuts: [Cut] = []
  /// How many tokens llama.cpp would hold beside these, with a score of minus infinity: dynamic temperature counts them.
  var maskedCount: Int
  /// How many tokens a filter leaves at least, as `min_tokens_to_keep` of `transformers`: beam search needs several.
  let minimumCount: Int
  /// The single tokens that a penalty or a ban changed since `forgetChanges`.
  private(set) var changes: [Change] = []
  /// The candidates before `reshape`.
  private(set) var original: Original?

  /// exp((score - first score) / T) of the places from `weightsStart` on, valid within `range` while `hasWeights`.
  private var weights: [Double]
  private var weightsStart = 0
  private var hasWeights = true
  /// The sum of the weights over `range`, nil when not known.
  private var knownTotal: Double?

  /// Values of `fates`. Another one below 0: removed by `cuts[-fate - 1]`.
  private static let present: Int32 = 0
  /// The model itself rules the token out.
  static let impossible = Int32.min

  init(_ ranked: RankedScores, keepingAtLeast minimumCount: Int = 1) {
    self.ranked = ranked
    self.minimumCount = minimumCount
    scores = ranked.scores
    range = 0..<ranked.finiteCount
    maskedCount = ranked.rankCount - ranked.finiteCount
    weights = ranked.weights
    knownTotal = ranked.knownTotal
    rest = ranked.rest
  }

  var count: Int { range.count }
  /// At infinite temperature all candidates have the same probability whatever their score.
  var areAllTied: Bool { temperature == .infinity }
  /// The sum of the weights of all known candidates. Needs `updateWeights()`.
  var total: Double { knownTotal ?? sumOfWeights() }

  /// The rank from 0, and the id, of the candidate at a place.
  func rank(at place: Int) -> Int { order.map { Int($0[place]) } ?? place }
  func id(at place: Int) -> Int { Int(ranked.ranking[rank(at: place)]) }

  /// By how much penalties changed the score of the token at a rank from 0.
  func scoreChange(ofRank rank: Int) -> Double { changedScores[rank].map { $0 - ranked.scores[rank] } ?? 0 }

  /// (score - first score) / T: the logarithm of the weight, 0 or less.
  func exponent(at place: Int) -> Double { exponent(scores[place] - scores[range.lowerBound], temperature) }

  /// 0 at infinite temperature also for doubles that lie infinitely far apart.
  func exponent(_ difference: Double, _ temperature: Double) -> Double {
    temperature == .infinity ? 0 : difference / temperature
  }

  /// exp(exponent): relative to the first candidate's 1.
  func weight(at place: Int) -> Double {
    hasWeights ? weights[place - weightsStart] : exp(exponent(at: place))
  }

  func isTiedWithFirst(_ place: Int) -> Bool { areAllTied || scores[place] == scores[range.lowerBound] }

  /// Computes the softmax of what is left, unless the last one still holds.
  mutating func updateWeights() {
    if !hasWeights {
      let (range, first) = (range, scores[range.lowerBound])
      // The first candidate's score is the model's own largest: then so are the weights of all unchanged scores.
      let areUnscaled = temperature == 1 && first == ranked.scores[0]
      var total = 0.0
      weights = [Double](unsafeUninitializedCapacity: range.count) { weights, initialized in
        scores.withUnsafeBufferPointer { scores in
          for place in range {
            let weight: Double
            if areUnscaled, case let rank = rank(at: place), scores[place] == ranked.scores[rank] {
              weight = ranked.weights[rank]
            } else {
              weight = exp(exponent(scores[place] - first, temperature))
            }
            // Added up in the order in which top-p does, so that its running sum ends at exactly this.
            total += weight
            weights[place - range.lowerBound] = weight
          }
        }
        initialized = range.count
      }
      (weightsStart, hasWeights, knownTotal) = (range.lowerBound, true, total)
    }
    if knownTotal == nil { knownTotal = sumOfWeights() }
  }

  /// -sum p ln p of what is left, in nats.
  mutating func entropy() -> Double {
    updateWeights()
    if isUntouched { return ranked.entropy }
    let (first, start, temperature) = (scores[range.lowerBound], weightsStart, temperature)
    var weightedExponents = 0.0
    scores.withUnsafeBufferPointer { scores in
      weights.withUnsafeBufferPointer { weights in
        for place in range {
          let weight = weights[place - start]
          // 0 * -infinity would be NaN; the limit of w ln w is 0.
          if weight > 0 { weightedExponents += weight * exponent(scores[place] - first, temperature) }
        }
      }
    }
    return max(log(total) - weightedExponents / total, 0)
  }

  /// A candidate's probability. Needs `updateWeights()`.
  func share(at place: Int) -> Double { weights[place - weightsStart] / total }

  /// Keeps the first candidates whose running sum of the weights, divided by the total, reaches a share; all where
  /// rounding leaves the whole sum below it. Needs `updateWeights()`, and that all tokens are known.
  mutating func keepNucleus(reaching share: Double, by filter: StepName) {
    // Divided, not compared with share * total: of ten equal tokens, eight reach exactly 0.8.
    if hasOwnSums {
      let last = range.partitioningIndex { ranked.cumulativeWeights[$0] / self.total >= share }
      return keep(range.lowerBound..<atLeastMinimum(last + 1), by: filter)
    }
    let (range, start, total) = (range, weightsStart, total)
    var (sum, end) = (0.0, range.lowerBound)
    weights.withUnsafeBufferPointer { weights in
      repeat {
        sum += weights[end - start]
        end += 1
      } while end < range.upperBound && (sum / total < share || end < range.lowerBound + minimumCount)
    }
    keep(range.lowerBound..<end, by: filter)
    knownTotal = sum
  }

  /// Keeps a run of what is left. `kept` must be a part of `range` and not empty.
  ///
  /// - Parameter keepsRest: whether the tokens that the source did not tell stay too.
  mutating func keep(_ kept: Range<Int>, by filter: StepName, keepsRest: Bool = false) {
    precondition(!kept.isEmpty && kept.clamped(to: range) == kept, "a filter keeps a part of what is left")
    maskedCount = 0
    if kept == range, rest == nil || keepsRest { return }
    recordCut(by: filter, keeping: kept)
    if fates != nil {
      mark(range.lowerBound..<kept.lowerBound)
      mark(kept.upperBound..<range.upperBound)
    }
    // Weights are relative to the first candidate; another first one must not be left with tiny weights only.
    if kept.lowerBound != range.lowerBound { hasWeights = false }
    if kept != range { knownTotal = nil }
    range = kept
    if !keepsRest, rest != nil { (rest, restRemover) = (nil, filter) }
  }

  /// Keeps the candidates before the first one that `isKept` refuses. It must refuse all that follow, and not the first
  /// of all.
  mutating func keepPrefix(by filter: StepName, while isKept: (Candidates, Int) -> Bool) {
    keep(range.lowerBound..<atLeastMinimum(range.partitioningIndex { !isKept(self, $0) }), by: filter)
  }

  /// The end of what is kept from the first place on, moved to where the smallest number of tokens is kept.
  private func atLeastMinimum(_ end: Int) -> Int {
    min(max(end, range.lowerBound + minimumCount), range.upperBound)
  }

  /// Removes single tokens, wherever they stand. Throws when nothing would be left.
  mutating func remove(_ banned: Set<Int>, by filter: StepName) throws(SamplingError) {
    removeFromRest(banned)
    let present = places(of: banned)
    if present.isEmpty { return }
    if present.count == count { throw rest == nil ? .everythingRemoved(by: filter) : untoldCut(filter) }
    recordCut(by: filter, keeping: range)
    startFates()
    for place in present {
      mark(place..<place + 1)
      changes.append(Change(rank: rank(at: place), before: scores[place], after: nil))
    }
    reorder(dropping: present, inserting: [])
  }

  /// Gives some tokens another score, and puts these back in order. Tokens already removed are passed over. Behind a
  /// temperature the scores are those that it has divided.
  ///
  /// Throws where a token that the source did not tell would become more likely.
  mutating func rescore(
    _ tokens: Set<Int>, by step: StepName, _ newScore: (_ id: Int, _ score: Double) -> Double
  ) throws(SamplingError) {
    try rescoreRest(tokens, by: step, newScore)
    // Where all are tied, no score changes anything.
    let moved = areAllTied ? [] : places(of: tokens)
    if moved.isEmpty { return }
    startFates()
    let rescored = moved.map { place in
      (
        rank: Int32(rank(at: place)),
        score: Self.limited(newScore(id(at: place), scores[place] / temperature) * temperature)
      )
    }
    for (place, token) in zip(moved, rescored) {
      changedScores[Int(token.rank)] = token.score
      changes.append(Change(rank: Int(token.rank), before: scores[place], after: token.score))
    }
    let sorted = rescored.sorted { isBefore($0.rank, $0.score, $1.rank, $1.score) }
    reorder(dropping: moved, inserting: sorted)
  }

  /// Differences of infinities would be NaN.
  private static func limited(_ score: Double) -> Double {
    min(max(score, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }

  mutating func forgetChanges() { changes = [] }

  /// Gives every candidate another score, of temperature 1: what it was drawn by is then `original`.
  mutating func reshape(_ newScore: (_ candidates: Candidates, _ place: Int) -> Double) {
    startFates()
    finish()
    original = Original(self)
    var reshaped = range.map { (rank: Int32(rank(at: $0)), score: newScore(self, $0)) }
    reshaped.sort { isBefore($0.rank, $0.score, $1.rank, $1.score) }
    temperature = 1
    setOrder(reshaped.map(\.rank), reshaped.map(\.score))
  }

  /// Sets the temperature, > 0. At infinity all that is left becomes equally likely, and such ties rank by id.
  mutating func setTemperature(_ temperature: Double) {
    self.temperature = temperature
    (hasWeights, knownTotal) = (false, nil)
    if areAllTied {
      startFates()
      reorderByID()
    }
  }

  /// How much of the distribution that a step saw is left now, 0...1.
  func mass(in cut: Cut) -> Double {
    if let original { return original.candidates.mass(in: cut) }
    func sum(_ scores: [Double], _ range: Range<Int>) -> Double {
      range.reduce(0) { $0 + exp(exponent(scores[$1] - cut.firstScore, cut.temperature)) }
    }
    let left: Double
    if hasWeights, cut.temperature == temperature, cut.firstScore == scores[range.lowerBound] {
      left = total
    } else if order == nil, cut.temperature == 1, cut.range.lowerBound == 0, range.lowerBound == 0 {
      left = ranked.cumulativeWeights[range.upperBound - 1]
    } else {
      left = sum(scores, range)
    }
    return min(left / (cut.total ?? sum(cut.scores, cut.range)), 1)
  }

  /// Computes what is asked of a finished chain: the weights, and where each token stands.
  mutating func finish() {
    updateWeights()
    guard var fates else { return }
    self.fates = nil
    for place in range { fates[rank(at: place)] = Int32(place) }
    self.fates = fates
  }

  // MARK: Internals

  /// The weights are those of the model's own distribution, from its most probable token on.
  private var hasOwnSums: Bool {
    order == nil && temperature == 1 && hasWeights && range.lowerBound == 0 && weightsStart == 0
  }

  private var isUntouched: Bool { hasOwnSums && ranked.rest == nil && range.upperBound == ranked.finiteCount }

  private func sumOfWeights() -> Double {
    if hasOwnSums { return ranked.cumulativeWeights[range.upperBound - 1] }
    return range.reduce(0) { $0 + weight(at: $1) }
  }

  private mutating func recordCut(by filter: StepName, keeping kept: Range<Int>) {
    cuts.append(
      Cut(
        filter: filter, kept: kept, scores: scores, range: range, temperature: temperature,
        total: rest == nil ? knownTotal ?? (hasOwnSums ? total : nil) : totals.upperBound))
  }
}

// MARK: - Another order

extension Candidates {
  /// Notes that the last step of `cuts` removed what stands at these places.
  private mutating func mark(_ places: Range<Int>) {
    guard var fates else { return }
    self.fates = nil
    for place in places { fates[rank(at: place)] = Int32(-cuts.count) }
    self.fates = fates
  }

  /// From the first change of the order on, what left is noted by rank.
  private mutating func startFates() {
    guard fates == nil else { return }
    var fates = [Int32](repeating: Self.present, count: ranked.rankCount)
    for rank in ranked.finiteCount..<ranked.rankCount { fates[rank] = Self.impossible }
    for (index, cut) in cuts.enumerated() where cut.kept != cut.range {
      for rank in cut.range where !cut.kept.contains(rank) { fates[rank] = Int32(-index - 1) }
    }
    self.fates = fates
  }

  private func isBefore(_ rank: Int32, _ score: Double, _ otherRank: Int32, _ otherScore: Double) -> Bool {
    score == otherScore
      ? ranked.ranking[Int(rank)] < ranked.ranking[Int(otherRank)] : score > otherScore
  }

  /// Where these tokens stand, ascending; those that are not left are passed over.
  private func places(of tokens: Set<Int>) -> [Int] {
    tokens.compactMap { id in
      guard let rank = ranked.rank(of: id) else { return nil }
      guard let fates else { return range.contains(rank) ? rank : nil }
      guard fates[rank] == Self.present else { return nil }
      let score = changedScores[rank] ?? ranked.scores[rank]
      return range.partitioningIndex { place in
        areAllTied
          ? self.id(at: place) >= id
          : !isBefore(Int32(self.rank(at: place)), scores[place], Int32(rank), score)
      }
    }.sorted()
  }

  /// Copies the candidates in the runs between those that move: a text holds few of the vocabulary's tokens.
  private mutating func reorder(dropping dropped: [Int], inserting inserted: [(rank: Int32, score: Double)]) {
    var newOrder: [Int32] = []
    var newScores: [Double] = []
    newOrder.reserveCapacity(count)
    newScores.reserveCapacity(count)
    func copy(_ run: Range<Int>) {
      if let order { newOrder += order[run] } else { newOrder += run.lazy.map(Int32.init) }
      newScores += scores[run]
    }
    var rest = inserted[...]
    /// Copies a run of unmoved candidates with those that now belong between them.
    func merge(_ run: Range<Int>) {
      var start = run.lowerBound
      while let next = rest.first {
        let place = (start..<run.upperBound).partitioningIndex {
          isBefore(next.rank, next.score, Int32(rank(at: $0)), scores[$0])
        }
        if place == run.upperBound, run.upperBound < range.upperBound { break }
        copy(start..<place)
        newOrder.append(next.rank)
        newScores.append(next.score)
        rest.removeFirst()
        start = place
      }
      copy(start..<run.upperBound)
    }
    var start = range.lowerBound
    for place in dropped {
      merge(start..<place)
      start = place + 1
    }
    merge(start..<range.upperBound)
    setOrder(newOrder, newScores)
  }

  private mutating func reorderByID() {
    var ranks = [Int32](repeating: -1, count: ranked.vocabularySize)
    for place in range { ranks[id(at: place)] = Int32(rank(at: place)) }
    let newOrder = ranks.filter { $0 >= 0 }
    // No step looks at the scores of what is tied, but the share of a cut may be measured at another temperature.
    var scoresByRank = [Double](repeating: 0, count: ranked.rankCount)
    for place in range { scoresByRank[rank(at: place)] = scores[place] }
    setOrder(newOrder, newOrder.map { scoresByRank[Int($0)] })
  }

  private mutating func setOrder(_ newOrder: [Int32], _ newScores: [Double]) {
    (order, scores, range) = (newOrder, newScores, newOrder.indices)
    (hasWeights, knownTotal) = (false, nil)
  }
}

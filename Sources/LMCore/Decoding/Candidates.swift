import Glibc

/// The tokens that the chain has not removed so far, in the order of their scores.
///
/// A filter only moves the ends of `range`, because every filter but the n-gram ban keeps a run of tokens that
/// are neighbours in this order: so nothing is copied, and the ranking of the raw logits serves the whole
/// chain unless a penalty reorders it.
struct Candidates {
  private let ranked: RankedLogits
  /// Token ids by score descending, ties lowest id first; by id at infinite temperature, where all are tied.
  private(set) var ids: [Int32]
  /// Which of `ids` are left; never empty.
  private(set) var range: Range<Int>
  /// What the scores are divided by. Kept apart from them: small T would overflow, large T would make ties.
  private(set) var temperature = 1.0
  /// Whether `ids` is still the ranking of the raw logits.
  private(set) var followsRanking = true
  /// [V], indexed by id: how a token left, see `Removal`.
  private(set) var removals: [UInt8]
  /// The distributions that filters saw and took something from, in the order of the chain.
  private(set) var cuts: [Cut] = []

  /// Scores that penalties changed or that were given as Double, [V] by id; nil while the scores are a model's logits.
  private var changedScores: [Double]?
  /// exp((score - first score) / T) of `ids[weightsStart...]`, valid within `range` while `hasWeights`.
  private var weights: [Double]
  private var weightsStart = 0
  private var hasWeights = true
  /// The sum of the weights over `range`, nil when not known.
  private var knownTotal: Double?

  /// What a filter saw before it removed tokens: enough to express any token's share in it.
  struct Cut {
    let filter: FilterName
    let firstScore: Double
    let temperature: Double
    let total: Double
  }

  init(_ ranked: RankedLogits) {
    self.ranked = ranked
    changedScores = ranked.preciseLogits
    ids = ranked.ranking
    range = 0..<ranked.finiteCount
    weights = ranked.weights
    knownTotal = ranked.total
    removals = [UInt8](repeating: Removal.none, count: ranked.vocabularySize)
    mark(ranked.finiteCount..<ranked.vocabularySize, as: Removal.impossible)
  }

  var count: Int { range.count }
  var vocabularySize: Int { removals.count }
  /// At infinite temperature all candidates have the same probability whatever their score.
  var areAllTied: Bool { temperature == .infinity }
  /// The sum of the weights of all candidates.
  var total: Double { knownTotal ?? sumOfWeights() }

  /// The logit after the penalties and before the temperature, at an index of `ids`.
  func score(at index: Int) -> Double {
    let id = Int(ids[index])
    return changedScores?[id] ?? Double(ranked.logits[id])
  }

  /// (score - first score) / T: the logarithm of the weight, 0 or less.
  func exponent(at index: Int) -> Double {
    exponent(at: index, from: score(at: range.lowerBound), temperature)
  }

  /// 0 at infinite temperature also for doubles that lie infinitely far apart.
  private func exponent(at index: Int, from first: Double, _ temperature: Double) -> Double {
    temperature == .infinity ? 0 : (score(at: index) - first) / temperature
  }

  /// exp(exponent): relative to the first candidate's 1. Needs `updateWeights()`.
  func weight(at index: Int) -> Double { weights[index - weightsStart] }

  func isTiedWithFirst(_ index: Int) -> Bool { areAllTied || score(at: index) == score(at: range.lowerBound) }

  /// Computes the softmax of what is left, unless the last one still holds.
  mutating func updateWeights() {
    if !hasWeights {
      let (range, first) = (range, score(at: range.lowerBound))
      weights = [Double](unsafeUninitializedCapacity: range.count) { weights, initialized in
        for index in range {
          weights[index - range.lowerBound] = exp(exponent(at: index, from: first, temperature))
        }
        initialized = range.count
      }
      weightsStart = range.lowerBound
      hasWeights = true
    }
    if knownTotal == nil { knownTotal = sumOfWeights() }
  }

  /// -sum p ln p of what is left, in nats.
  mutating func entropy() -> Double {
    updateWeights()
    let first = score(at: range.lowerBound)
    var weightedExponents = 0.0
    for index in range {
      let weight = weight(at: index)
      // 0 * -infinity would be NaN; the limit of w ln w is 0.
      if weight > 0 { weightedExponents += weight * exponent(at: index, from: first, temperature) }
    }
    return max(log(total) - weightedExponents / total, 0)
  }

  /// Keeps a run of what is left. `kept` must be a part of `range` and not empty.
  mutating func keep(_ kept: Range<Int>, by filter: FilterName) {
    precondition(!kept.isEmpty && kept.clamped(to: range) == kept, "a filter keeps a part of what is left")
    if kept == range { return }
    recordCut(by: filter)
    mark(range.lowerBound..<kept.lowerBound, as: Removal.code(filter))
    mark(kept.upperBound..<range.upperBound, as: Removal.code(filter))
    // Weights are relative to the first candidate; another first one must not be left with tiny weights only.
    if kept.lowerBound != range.lowerBound { hasWeights = false }
    knownTotal = nil
    range = kept
  }

  /// Keeps the candidates before the first one that `isKept` refuses; it must not refuse the first of all.
  mutating func keepPrefix(by filter: FilterName, while isKept: (Candidates, Int) -> Bool) {
    let end = range.first { !isKept(self, $0) } ?? range.upperBound
    keep(range.lowerBound..<end, by: filter)
  }

  /// Removes single tokens, wherever they stand. Throws when nothing would be left.
  mutating func remove(_ banned: Set<Int>, by filter: FilterName) throws(SamplingError) {
    let present = banned.filter { removals[$0] == Removal.none }
    if present.isEmpty { return }
    if present.count == count { throw .everythingRemoved(by: filter) }
    recordCut(by: filter)
    for id in present { removals[id] = Removal.code(filter) }
    reorder(ids[range].filter { removals[Int($0)] == Removal.none })
  }

  /// Gives some tokens another score, and puts these back in order. Tokens already removed are passed over.
  mutating func rescore(_ tokens: Set<Int>, _ newScore: (Double) -> Double) {
    var moved = tokens.filter { removals[$0] == Removal.none }.map(Int32.init)
    if moved.isEmpty { return }
    var scores = changedScores ?? ranked.logits.map(Double.init)
    var isMoved = [Bool](repeating: false, count: vocabularySize)
    for id in moved {
      scores[Int(id)] = newScore(scores[Int(id)])
      isMoved[Int(id)] = true
    }
    func comesBefore(_ a: Int32, _ b: Int32) -> Bool {
      let (first, second) = (scores[Int(a)], scores[Int(b)])
      return first == second ? a < b : first > second
    }
    moved.sort(by: comesBefore)
    // A text holds few of the vocabulary's tokens: merging them in is cheaper than sorting all anew.
    var merged: [Int32] = []
    merged.reserveCapacity(count)
    var next = 0
    for id in ids[range] where !isMoved[Int(id)] {
      while next < moved.count, comesBefore(moved[next], id) {
        merged.append(moved[next])
        next += 1
      }
      merged.append(id)
    }
    merged += moved[next...]
    changedScores = scores
    reorder(merged)
  }

  /// Sets the temperature, > 0. At infinity all that is left becomes equally likely, and such ties rank by id.
  mutating func setTemperature(_ temperature: Double) {
    self.temperature = temperature
    (hasWeights, knownTotal) = (false, nil)
    if areAllTied { reorder((0..<vocabularySize).filter { removals[$0] == Removal.none }.map(Int32.init)) }
  }

  /// How much of the distribution that a filter saw is left now, 0...1.
  func mass(in cut: Cut) -> Double {
    if hasWeights, cut.temperature == temperature, cut.firstScore == score(at: range.lowerBound) {
      return total / cut.total
    }
    return range.reduce(0) { $0 + exp(exponent(at: $1, from: cut.firstScore, cut.temperature)) } / cut.total
  }

  /// Added up in the order in which top-p does, so that its running sum ends at exactly this.
  private func sumOfWeights() -> Double {
    if hasWeights { return range.reduce(0) { $0 + weight(at: $1) } }
    let first = score(at: range.lowerBound)
    return range.reduce(0) { $0 + exp(exponent(at: $1, from: first, temperature)) }
  }

  private mutating func recordCut(by filter: FilterName) {
    let first = score(at: range.lowerBound)
    cuts.append(Cut(filter: filter, firstScore: first, temperature: temperature, total: total))
  }

  private mutating func reorder(_ newIDs: [Int32]) {
    (ids, range, followsRanking) = (newIDs, newIDs.indices, false)
    (hasWeights, knownTotal) = (false, nil)
  }

  private mutating func mark(_ places: Range<Int>, as code: UInt8) {
    for place in places { removals[Int(ids[place])] = code }
  }
}

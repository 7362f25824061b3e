import Glibc

/// The tokens below the first ranks of a distribution of which a source told no more: how many they are, and between which
/// bounds their weight lies. Known ones are among them where it is not certain whether top-p keeps them.
struct UntoldTokens: Sendable {
  /// How many.
  var count: ClosedRange<Int>
  /// In the model's own distribution, all together, relative to the most probable token's 1.
  var weight: ClosedRange<Double>
  /// No one's score is above this one's, the last that is known, nor its weight above the other.
  private(set) var ceiling: Double
  private(set) var highestWeight: Double
  /// The known tokens among them, as ranks from 0, ascending: a filter keeps the first ones, and nobody knows how many.
  private(set) var uncertain: [Int] = []
  /// All together, as a step cut them: relative to the candidate and at the temperature of that step. nil while the weight
  /// follows from `weight`.
  var cut: ClosedRange<Double>?
  /// How many a penalty or a ban has made less likely, by a weight that nobody knows.
  var loweredCount = 0
  /// The last step that removed a part of them.
  var cutter: StepName?

  init(count: Int, weight: ClosedRange<Double>, ceiling: Double, highestWeight: Double) {
    // More than all of them at the ceiling is no distribution: rounding.
    let most = Double(count) * highestWeight
    self.count = count...count
    self.weight = min(weight.lowerBound, most)...min(weight.upperBound, most)
    (self.ceiling, self.highestWeight) = (ceiling, highestWeight)
  }

  /// Adds known tokens of which it is not certain how many are left.
  ///
  /// - Parameters:
  ///   - ranks: from 0, ascending; not empty.
  ///   - weights: theirs in the model's own distribution.
  ///   - ceiling: the score of the first one.
  ///   - keepsOthers: whether some of those that were here before may be left.
  mutating func add(_ ranks: [Int], _ weights: [Double], ceiling: Double, keepsOthers: Bool) {
    let (others, most) = keepsOthers ? (count.upperBound, weight.upperBound) : (0, 0)
    count = 0...ranks.count + others
    weight = 0...weights.reduce(most, +)
    (self.ceiling, highestWeight) = (ceiling, max(weights.max() ?? 0, highestWeight))
    uncertain = ranks
  }

  /// Only the known ones among them may be left.
  mutating func dropOthers(_ weights: [Double]) {
    count = 0...min(uncertain.count, count.upperBound)
    weight = 0...min(weights.reduce(0, +), weight.upperBound)
  }

  /// The weight of all together, each to the power of 1 / T: between the even and the packed distribution.
  func weight(at temperature: Double) -> ClosedRange<Double> {
    if temperature == 1 { return weight }
    let power = 1 / temperature
    func even(_ sum: Double) -> Double {
      let count = Double(count.upperBound)
      return count * pow(sum / count, power)
    }
    func packed(_ sum: Double) -> Double {
      guard highestWeight > 0 else { return 0 }
      let full = (sum / highestWeight).rounded(.down)
      return full * pow(highestWeight, power) + pow(max(sum - full * highestWeight, 0), power)
    }
    let (low, high) = (weight.lowerBound, weight.upperBound)
    let bounds = temperature > 1 ? (packed(low), even(high)) : (even(low), packed(high))
    return min(bounds.0, bounds.1)...max(bounds.0, bounds.1)
  }
}

extension RankedScores {
  /// Where the entropy of a head lies, in nats: least with the rest's weight packed into few tokens, most with it spread.
  ///
  /// - Parameters:
  ///   - known: the sum of the known weights w.
  ///   - products: the sum of w ln w.
  ///   - weight: of the rest.
  ///   - highest: the largest weight that one token of it can have.
  static func entropyBounds(
    _ known: Double, _ products: Double, _ rest: UntoldTokens?, _ weight: ClosedRange<Double>,
    highest: Double? = nil
  ) -> ClosedRange<Double> {
    let highest = highest ?? rest?.highestWeight ?? 0
    let count = Double(max(rest?.count.upperBound ?? 0, 1))
    func entropy(_ weight: Double, each: Double) -> Double {
      let total = known + weight
      let own = weight > 0 && each > 0 ? weight * log(each) : 0
      return max(log(total) - (products + own) / total, 0)
    }
    let (low, high) = (weight.lowerBound, weight.upperBound)
    let least = min(entropy(low, each: highest), entropy(high, each: highest))
    // As a function of the weight it is concave: least at an end, but most perhaps between them.
    let most = (0...8).map { low + (high - low) * Double($0) / 8 }.map { entropy($0, each: $0 / count) }.max()
    return least...max(most ?? least, least)
  }
}

extension Candidates {
  /// The weight of the tokens that the source did not tell, relative to the first candidate's 1. 0 where there are none.
  var restWeight: ClosedRange<Double> {
    guard let rest else { return 0...0 }
    let bounds: ClosedRange<Double>
    if let cut = rest.cut {
      bounds = cut
    } else {
      let scale = exp(exponent(ranked.scores[0] - scores[range.lowerBound], temperature))
      let own = rest.weight(at: temperature)
      bounds = own.lowerBound * scale...own.upperBound * scale
    }
    return max(bounds.lowerBound - Double(rest.loweredCount) * ceilingWeight, 0)...bounds.upperBound
  }

  /// The sum of all weights, also of the tokens that the source did not tell. Needs `updateWeights()`.
  var totals: ClosedRange<Double> {
    let rest = restWeight
    return total + rest.lowerBound...total + rest.upperBound
  }

  /// The largest weight that a token has which the source did not tell.
  var ceilingWeight: Double {
    rest.map { exp(exponent($0.ceiling - scores[range.lowerBound], temperature)) } ?? 0
  }

  /// Whether no token that the source did not tell can stand before the candidate at a place.
  func isFirm(_ place: Int) -> Bool { rest.map { scores[place] >= $0.ceiling } ?? true }

  /// -sum p ln p of what is left, in nats. Needs `updateWeights()`.
  mutating func entropyBounds() -> ClosedRange<Double> {
    guard let rest else {
      let entropy = entropy()
      return entropy...entropy
    }
    let products = range.reduce(0.0) { sum, place in
      let weight = weight(at: place)
      return weight > 0 ? sum + weight * exponent(at: place) : sum
    }
    return RankedScores.entropyBounds(total, products, rest, restWeight, highest: ceilingWeight)
  }

  // MARK: Cuts of a head

  /// As `keepNucleus`, where tokens are left that the source did not tell. The cut may lie among them: then a part of them
  /// stays. Throws where it is not certain which known tokens stay.
  mutating func keepNucleusOfHead(reaching share: Double, by filter: StepName) throws(SamplingError) {
    let (totals, weight) = (totals, restWeight)
    func end(_ total: Double) -> Int? {
      var sum = 0.0
      for place in range {
        sum += self.weight(at: place)
        if sum / total >= share { return place + 1 }
      }
      return nil
    }
    let ends = (end(totals.lowerBound), end(totals.upperBound))
    guard isFirm((ends.1 ?? range.upperBound) - 1) else { throw untoldCut(filter) }
    if let end = ends.0, end == ends.1 {
      keep(range.lowerBound..<end, by: filter)
    } else if let end = ends.0 {
      let beyond = max(min(share * totals.upperBound + ceilingWeight - total, weight.upperBound), 0)
      keepUncertain(from: end, to: ends.1, atMostBeyond: beyond, by: filter)
    } else {
      let least = max(share * totals.lowerBound - total, 0)
      let most = share * totals.upperBound + ceilingWeight - total
      // None of them weighs more than the ceiling, and the most probable ones have at least their share of the weight.
      let fewest = ceilingWeight > 0 ? (least / ceilingWeight - 1e-9).rounded(.up) : 1
      let part = weight.upperBound > 0 ? (share * totals.upperBound - total) / weight.upperBound : 1
      let count = Double(rest?.count.upperBound ?? 0)
      cutRest(
        least...max(min(most, weight.upperBound), least),
        count: Self.count(from: max(fewest, 1), to: (part * count + 1e-9).rounded(.up)), by: filter)
    }
  }

  /// Keeps the candidates before a place, and perhaps some from there on.
  ///
  /// - Parameters:
  ///   - end: behind the last one that may be kept; nil where those that the source did not tell may be.
  ///   - most: what these weigh at most.
  private mutating func keepUncertain(
    from start: Int, to end: Int?, atMostBeyond most: Double, by filter: StepName
  ) {
    guard start < range.upperBound else {
      return cutRest(0...most, count: 0...(rest?.count.upperBound ?? 0), by: filter)
    }
    let places = start..<(end ?? range.upperBound)
    let weight = places.reduce(end == nil ? most : 0) { $0 + self.weight(at: $1) }
    let (ranks, ceiling) = (places.map(rank(at:)), scores[start])
    keep(range.lowerBound..<start, by: filter, keepsRest: true)
    rest?.add(ranks, ranks.map { ranked.weights[$0] }, ceiling: ceiling, keepsOthers: end == nil)
    cutRest(0...weight, count: 0...(rest?.count.upperBound ?? 0), by: filter)
  }

  /// Removes the candidates before a place, and none that the source did not tell. Needs `updateWeights()`.
  mutating func drop(before place: Int, by filter: StepName) {
    let (cut, scale) = (rest?.cut, 1 / weight(at: place))
    keep(place..<range.upperBound, by: filter, keepsRest: true)
    rest?.cut = cut.map { $0.lowerBound * scale...$0.upperBound * scale }
  }

  /// Removes the tokens that the source did not tell. Of the known ones it may stay open which are left.
  mutating func keepTold(by filter: StepName) {
    guard let rest, !rest.uncertain.isEmpty else { return keep(range, by: filter) }
    // No others are left.
    guard rest.count.upperBound > rest.uncertain.count else { return }
    let most = rest.uncertain.reduce(0) { $0 + uncertainWeight(ofRank: $1) }
    let bounds = 0...min(most, restWeight.upperBound)
    self.rest?.dropOthers(rest.uncertain.map { ranked.weights[$0] })
    cutRest(bounds, count: 0...(self.rest?.count.upperBound ?? 0), by: filter)
  }

  /// The weight of a known token, relative to the first candidate's 1, if it is left.
  private func uncertainWeight(ofRank rank: Int) -> Double {
    let score = ranked.scores[rank] + scoreChange(ofRank: rank)
    return exp(exponent(score - scores[range.lowerBound], temperature))
  }

  /// The most that the probability of a known token can be of which it is not certain whether it is left; nil for any other.
  func mostUncertainShare(ofRank rank: Int) -> Double? {
    guard let rest, rest.uncertain.contains(rank) else { return nil }
    let weight = uncertainWeight(ofRank: rank)
    return weight / (total + weight)
  }

  /// The ranks, from 1, on which u may fall where it falls behind the certain ones: one more than are known stands for any below.
  var openRanks: ClosedRange<Int>? {
    guard let rest, let first = rest.uncertain.first, let last = rest.uncertain.last else { return nil }
    return first + 1...(rest.count.upperBound > rest.uncertain.count ? ranked.rankCount : last) + 1
  }

  /// Keeps the candidates whose share of the whole is at least a number, and those tied at the top. Throws where it is not
  /// certain which ones these are.
  mutating func keepShare(atLeast share: Double, by filter: StepName) throws(SamplingError) {
    let totals = totals
    func end(_ total: Double) -> Int {
      range.partitioningIndex { weight(at: $0) / total < share && !isTiedWithFirst($0) }
    }
    guard end(totals.lowerBound) == end(totals.upperBound) else { throw untoldCut(filter) }
    try keepKnown(
      upTo: end(totals.lowerBound), removingRest: ceilingWeight / totals.lowerBound < share,
      orPart: ceilingWeight / totals.upperBound >= share, each: share * totals.lowerBound, by: filter)
  }

  /// Keeps the candidates whose weight is at least a share of the first one's.
  mutating func keepWeight(atLeast share: Double, by filter: StepName) throws(SamplingError) {
    let end = range.partitioningIndex { weight(at: $0) < share }
    try keepKnown(
      upTo: end, removingRest: ceilingWeight < share, orPart: true, each: share, by: filter)
  }

  /// - Parameter least: what a token that is kept weighs at least.
  private mutating func keepKnown(
    upTo end: Int, removingRest: Bool, orPart: Bool, each least: Double, by filter: StepName
  ) throws(SamplingError) {
    guard removingRest || orPart else { throw untoldCut(filter) }
    keep(range.lowerBound..<end, by: filter, keepsRest: !removingRest)
    guard !removingRest else { return }
    let weight = restWeight
    cutRest(
      0...weight.upperBound, count: Self.count(from: 0, to: weight.upperBound / least + 1e-9), by: filter)
  }

  /// A number of tokens between bounds that were computed.
  private static func count(from least: Double, to most: Double) -> ClosedRange<Int> {
    let all = Double(Int32.max)
    let lower = least.isNaN ? 0 : Int(min(max(least, 0), all))
    return lower...max(most.isNaN ? Int(all) : Int(min(max(most, 0), all)), lower)
  }

  /// Keeps so many of the most probable candidates, where more are left.
  mutating func keepFirst(_ wanted: Int, by filter: StepName) throws(SamplingError) {
    guard let rest else { return }
    let firm = range.partitioningIndex { !isFirm($0) } - range.lowerBound
    if wanted <= firm {
      var end = range.lowerBound + wanted
      let threshold = scores[end - 1]
      while end < range.upperBound, scores[end] == threshold { end += 1 }
      return keep(range.lowerBound..<end, by: filter)
    }
    guard firm == count else { throw untoldCut(filter) }
    let more = wanted - count
    if more >= rest.count.upperBound { return }
    // The most probable of them have at least their share of the weight.
    let weight = restWeight
    let least = weight.lowerBound * Double(more) / Double(rest.count.upperBound)
    cutRest(
      least...max(min(weight.upperBound, Double(more) * ceilingWeight), least),
      count: min(more, rest.count.lowerBound)...more,
      by: filter)
  }

  /// - Parameters:
  ///   - weight: what is left of it, relative to the first candidate's 1.
  ///   - count: how many are left.
  private mutating func cutRest(
    _ weight: ClosedRange<Double>, count: ClosedRange<Int>, by filter: StepName
  ) {
    guard let rest else { return }
    let all = rest.count.upperBound
    let left = min(count.lowerBound, all)...min(count.upperBound, all)
    let isOwn = temperature == 1 && scores[range.lowerBound] == ranked.scores[0] && rest.loweredCount == 0
    var (least, most) = (0.0, rest.weight.upperBound)
    if rest.loweredCount == 0 {
      // The most probable ones are left at any temperature.
      least = rest.weight.lowerBound * Double(left.lowerBound) / Double(max(all, 1))
      most = min(most, Double(left.upperBound) * rest.highestWeight)
    }
    if isOwn { (least, most) = (max(least, weight.lowerBound), min(most, weight.upperBound)) }
    self.rest?.weight = min(least, most)...max(least, most)
    self.rest?.cut = weight
    self.rest?.count = left
    self.rest?.cutter = filter
  }

  func untoldCut(_ filter: StepName) -> SamplingError {
    .untold(.cut(of: filter, known: ranked.rankCount, vocabularySize: ranked.vocabularySize))
  }

  // MARK: Single tokens below the head

  /// Throws where a token that the source did not tell would become more likely.
  mutating func rescoreRest(
    _ tokens: Set<Int>, by step: StepName, _ newScore: (_ id: Int, _ score: Double) -> Double
  ) throws(SamplingError) {
    guard let rest else { return }
    // What a step left of them is measured by a candidate that may have another score now.
    if rest.cut != nil, !tokens.isEmpty { throw untoldCut(step) }
    let score = rest.ceiling / temperature
    for id in tokens where ranked.rank(of: id) == nil {
      let new = newScore(id, score)
      if new > score { throw .untold(.allTokens(neededBy: step, known: ranked.rankCount)) }
      if new < score { self.rest?.loweredCount += 1 }
    }
  }

  mutating func removeFromRest(_ banned: Set<Int>) {
    guard let rest else { return }
    let count = banned.count { ranked.rank(of: $0) == nil }
    self.rest?.loweredCount += count
    self.rest?.count = max(rest.count.lowerBound - count, 0)...rest.count.upperBound
    let most = Double(count) * rest.highestWeight
    self.rest?.weight = max(rest.weight.lowerBound - most, 0)...rest.weight.upperBound
  }
}

/// What a source that tells only the first ranks leaves open.
public enum Untold: Hashable, Sendable {
  /// The step multiplies or divides logits, and probabilities do not tell these.
  case logits(neededBy: StepName)
  /// The step looks at all tokens that are left. `order` is one in which a top-k that is on runs before it, and removes those
  /// that are not known; nil where none is on that would.
  case allTokens(neededBy: StepName, known: Int, order: String? = nil)
  /// It is not certain which of the known tokens the step keeps.
  case cut(of: StepName, known: Int, vocabularySize: Int)
  /// The number u lies, or may lie, among the tokens that are not known. Or it falls on a known token, but which one depends
  /// on the others' weight: `ranks` are those on which it may fall, `known` + 1 standing for any below; nil where it
  /// certainly falls below.
  case draw(u: Double, known: Int, ranks: ClosedRange<Int>? = nil)

  /// Whether more ranks can decide it.
  package var needsRanks: Bool {
    if case .logits = self { false } else { true }
  }
}

extension Untold: CustomStringConvertible {
  public var description: String {
    switch self {
    case .logits(let step):
      "The step \(step.title) works on logits, and the server tells probabilities only: turn it off."
    case .allTokens(let step, let known, let order):
      "The step \(step.title) needs all tokens, and the server tells the first \(NumberFormat.grouped(known)): "
        + (order.map { "let top-k run before it, as with --order '\($0)', or turn it off." }
          ?? "put a top-k of at most \(NumberFormat.grouped(known)) before it, or turn it off.")
    case .cut(let step, let known, let all):
      "It is not certain where \(step.title) cuts: the server tells the first \(NumberFormat.grouped(known)) of \(NumberFormat.grouped(all)) tokens. "
        + (step == .topK
          ? "A smaller top-k, or a server that tells more, makes it certain."
          : "A top-k of at most \(NumberFormat.grouped(known)) before it, or a server that tells more, makes it certain.")
    case .draw(let u, let known, let ranks):
      "u = \(NumberFormat.fixed(u, decimals: 4)) " + Self.place(known, ranks)
    }
  }

  private static func place(_ known: Int, _ ranks: ClosedRange<Int>?) -> String {
    let below = "below rank \(NumberFormat.grouped(known))"
    guard let ranks else { return "falls among the tokens that the server does not tell, \(below)." }
    let first = NumberFormat.grouped(ranks.lowerBound)
    guard ranks.upperBound <= known else {
      return
        "falls on rank \(first) or a later one, perhaps on a token that the server does not tell, \(below)."
    }
    return
      "falls on one of the ranks \(first) to \(NumberFormat.grouped(ranks.upperBound)), depending on the tokens that the server does not tell, \(below)."
  }
}

import Glibc

/// What one step of the sampler chain did at a decision, and what it left.
public struct SamplerStage: Hashable, Sendable {
  /// The step.
  public let name: StepName
  /// How many tokens are left behind it; at least so many, where some of them are not known.
  public let kept: Int
  /// The model's own probability of these together.
  public let mass: Double
  /// The entropy of what is left, renormalised, in bits.
  public let entropyBits: Double
  /// How many tokens it removed; the most of `removedBounds`.
  public let removed: Int
  /// How many tokens it made less likely, as a penalty does.
  public let lowered: Int
  /// How many tokens it made more likely, as a penalty below 1 or 0 does.
  public let raised: Int
  /// Of the tokens whose score it changed, or that it banned, the one most probable by the model. Of a new temperature the
  /// one that gains: the least likely one above 1, where it has a share that counts, else the most likely one. nil where
  /// nothing changed, or where it is not certain which share a token had, since others are not known.
  public let example: TokenChange?
  /// Of min-p the least probability in the model's own distribution that a token needs to stay; nil where a step before it
  /// changed the scores.
  public let lowest: Double?
  /// The temperature that it set; nil for a step that sets none.
  public let temperature: Double?
  /// The random number that decided, in [0, 1); nil for a step without chance.
  public let chance: Double?
  /// What it kept from the decision before; nil for nothing.
  public let memory: StepMemory?
  /// The most that `kept`, `mass` and `entropyBits` can be, where they are not certain: then they are the least.
  public var most: Most?
  /// How many tokens it removed at least, where that is not certain: tokens that a server did not tell were cut before it, or by it.
  public var leastRemoved: Int?

  /// Where `removed` lies.
  public var removedBounds: ClosedRange<Int> { min(leastRemoved ?? removed, removed)...removed }
  /// Where `kept` lies.
  public var keptBounds: ClosedRange<Int> { kept...max(most?.kept ?? kept, kept) }
  /// Where `mass` lies.
  public var massBounds: ClosedRange<Double> { mass...max(most?.mass ?? mass, mass) }
  /// Where `entropyBits` lies.
  public var entropyBounds: ClosedRange<Double> {
    entropyBits...max(most?.entropyBits ?? entropyBits, entropyBits)
  }

  /// The upper bounds of what a stage left.
  public struct Most: Hashable, Sendable {
    /// How many tokens.
    public let kept: Int
    /// The model's own probability of them.
    public let mass: Double
    /// In bits.
    public let entropyBits: Double
  }

  /// Whether the step changed anything here.
  public var didAct: Bool { removed + lowered + raised > 0 || temperature != nil || isReshaped }
  /// Whether it gave every token another score.
  private var isReshaped: Bool { name == .adaptiveP }

  /// A token's probability among what was left before and behind the step; 0 behind it for one that it banned.
  public struct TokenChange: Hashable, Sendable {
    /// The token.
    public let id: Int
    /// Its probability before the step, in 0...1.
    public let before: Double
    /// Its probability behind the step, in 0...1.
    public let after: Double
  }
}

/// Measures the candidates behind each step of a chain.
///
/// The sums behind mass and entropy run along: a step costs what it changed, or what it left where that is less. Only a
/// new temperature costs all that is left, and leaves the weights that the steps behind it need.
struct StageMeter {
  private(set) var stages: [SamplerStage] = []
  private let ranked: RankedScores
  /// exp((score - reference) / T) is the weight that is summed.
  private var reference: Double
  private var temperature: Double
  /// Of what is left: the sum of the weights w, of w ln w, and of the weights in the model's own distribution.
  private var sums: Sums
  private var places: Range<Int>
  private var isReshaped = false
  /// The most and the least likely candidate before a step: an infinite temperature puts them in another order.
  private var ends: [(rank: Int, score: Double)] = []
  private let settings: SamplingSettings
  /// The tokens that the source did not tell, as they were left before a step.
  private var restBefore: UntoldTokens?
  /// The sum of all weights before a step; see `whole`.
  private var wholeBefore: Double?

  private struct Sums {
    var weight = 0.0
    var weightedLogarithm = 0.0
    var ownWeight = 0.0

    static func += (sum: inout Sums, other: Sums) {
      sum.weight += other.weight
      sum.weightedLogarithm += other.weightedLogarithm
      sum.ownWeight += other.ownWeight
    }

    static func -= (sum: inout Sums, other: Sums) {
      sum.weight -= other.weight
      sum.weightedLogarithm -= other.weightedLogarithm
      sum.ownWeight -= other.ownWeight
    }
  }

  init(_ candidates: Candidates, _ settings: SamplingSettings) {
    self.settings = settings
    ranked = candidates.ranked
    (reference, temperature, places) = (ranked.scores[0], 1, candidates.range)
    let total = ranked.knownTotal
    sums = Sums(
      weight: total, weightedLogarithm: (log(total) - ranked.entropy) * total, ownWeight: total)
    if ranked.rest != nil { sums.weightedLogarithm = knownProducts }
  }

  mutating func begin(_ candidates: inout Candidates) {
    candidates.forgetChanges()
    restBefore = candidates.rest
    wholeBefore = whole(candidates)
    places = candidates.range
    ends = [places.lowerBound, places.upperBound - 1].map {
      (candidates.rank(at: $0), candidates.scores[$0])
    }
  }

  mutating func end(_ candidates: inout Candidates, _ step: any SamplerStep.Type, _ scene: StepScene) {
    let lowest = step.name == .minP ? leastProbability(candidates) : nil
    let (before, countBefore, changes) = (sums, places.count, candidates.changes)
    let lead = changes.min { $0.rank < $1.rank }
    let (leadBefore, endsBefore) = (lead.map { weight($0.before) }, ends.map { weight($0.score) })
    let hasNewTemperature = candidates.temperature != temperature
    let isRescaled = hasNewTemperature || (candidates.original != nil) != isReshaped
    if isRescaled {
      rescale(&candidates)
    } else if changes.isEmpty {
      shrink(&candidates)
    } else {
      for change in changes { replace(change) }
      if !isPrecise(sums, of: before) { rescale(&candidates) }
    }
    if ranked.rest != nil { sums.ownWeight = ownWeight(candidates) }
    let kept = candidates.count
    let entropy = kept > 1 ? max(log(sums.weight) - sums.weightedLogarithm / sums.weight, 0) : 0
    var example: SamplerStage.TokenChange?
    if let wholeBefore, let whole = whole(candidates) {
      func change(_ rank: Int, _ before: Double, _ after: Double?) -> SamplerStage.TokenChange {
        SamplerStage.TokenChange(
          id: Int(ranked.ranking[rank]), before: before / wholeBefore,
          after: after.map { weight($0) / whole } ?? 0)
      }
      if let lead, let leadBefore { example = change(lead.rank, leadBefore, lead.after) }
      if hasNewTemperature, kept > 1 {
        let gainsLast = candidates.temperature > 1 && weight(ends[1].score) / whole >= 0.001
        let end = gainsLast ? 1 : 0
        example = change(ends[end].rank, endsBefore[end], ends[end].score)
      }
    }
    var stage = SamplerStage(
      name: step.name, kept: kept, mass: min(max(sums.ownWeight / ranked.total, 0), 1),
      entropyBits: entropy * bitsPerNat, removed: countBefore - kept,
      lowered: changes.count { $0.after ?? $0.before < $0.before },
      raised: changes.count { $0.after ?? $0.before > $0.before },
      example: example, lowest: lowest,
      temperature: hasNewTemperature ? candidates.temperature : nil,
      chance: step.usesChance ? scene.chance : nil, memory: scene.memory ?? step.firstMemory(settings))
    if ranked.rest != nil { bound(&stage, &candidates) }
    stages.append(stage)
  }

  /// The sum of all weights, also of the tokens that the source did not tell; nil where theirs is not certain.
  private func whole(_ candidates: Candidates) -> Double? {
    guard candidates.rest != nil else { return sums.weight }
    let rest = candidates.restWeight
    guard rest.lowerBound == rest.upperBound else { return nil }
    return sums.weight + rest.lowerBound * weight(candidates.scores[candidates.range.lowerBound])
  }

  /// Sets what a stage of a head left, with the tokens that the source did not tell, to its bounds.
  private func bound(_ stage: inout SamplerStage, _ candidates: inout Candidates) {
    candidates.updateWeights()
    let (entropy, rest) = (candidates.entropyBounds(), candidates.rest)
    let known = sums.ownWeight / ranked.total
    func mass(_ weight: Double?) -> Double { min(known + (weight ?? 0) / ranked.total, 1) }
    let count = candidates.count + (rest?.count.lowerBound ?? 0)
    let most = SamplerStage.Most(
      kept: candidates.count + (rest?.count.upperBound ?? 0), mass: mass(rest?.weight.upperBound),
      entropyBits: entropy.upperBound * bitsPerNat)
    let removed = removedBounds(stage.removed, rest)
    var least = SamplerStage(
      name: stage.name, kept: count, mass: mass(rest?.weight.lowerBound),
      entropyBits: entropy.lowerBound * bitsPerNat, removed: removed.upperBound,
      lowered: stage.lowered,
      raised: stage.raised, example: stage.example, lowest: stage.lowest, temperature: stage.temperature,
      chance: stage.chance, memory: stage.memory)
    if removed.count > 1 { least.leastRemoved = removed.lowerBound }
    stage = least
    let isCertain =
      most.kept == least.kept && most.mass == least.mass && most.entropyBits == least.entropyBits
    stage.most = isCertain ? nil : most
  }

  /// How many tokens a step removed: known ones, and of those that the source did not tell. Known ones may have come to these.
  private func removedBounds(_ known: Int, _ after: UntoldTokens?) -> ClosedRange<Int> {
    guard let before = restBefore else { return known...known }
    let left = after?.count ?? 0...0
    if let after, after.cutter == before.cutter {
      // Single tokens were banned, if any.
      let all = known + before.count.lowerBound - left.lowerBound
      return all...all
    }
    let least = max(known + before.count.lowerBound - left.upperBound, 0)
    return least...max(known + before.count.upperBound - left.lowerBound, least)
  }

  /// The sum of w ln w over the known tokens.
  private var knownProducts: Double {
    zip(ranked.weights, ranked.scores).reduce(0) { sum, token in
      token.0 > 0 ? sum + token.0 * (token.1 - ranked.scores[0]) : sum
    }
  }

  private func ownWeight(_ candidates: Candidates) -> Double {
    candidates.range.reduce(0) { $0 + ranked.weights[candidates.rank(at: $1)] }
  }

  private func leastProbability(_ candidates: Candidates) -> Double? {
    let best = places.lowerBound
    let rank = candidates.rank(at: best)
    guard temperature == 1, !isReshaped, candidates.scores[best] == ranked.scores[rank] else { return nil }
    return settings.minP * ranked.weights[rank] / ranked.total
  }

  private func exponent(_ score: Double) -> Double {
    temperature == .infinity ? 0 : (score - reference) / temperature
  }

  private func weight(_ score: Double) -> Double { exp(exponent(score)) }

  private func term(_ score: Double, rank: Int) -> Sums {
    let own = ranked.weights[rank]
    let exponent = exponent(score)
    let isOwn = temperature == 1 && reference == ranked.scores[0] && score == ranked.scores[rank]
    let weight = isOwn ? own : exp(exponent)
    return Sums(weight: weight, weightedLogarithm: weight > 0 ? weight * exponent : 0, ownWeight: own)
  }

  private func sum(_ candidates: Candidates, _ places: Range<Int>) -> Sums {
    var sums = Sums()
    for place in places { sums += term(candidates.scores[place], rank: candidates.rank(at: place)) }
    return sums
  }

  private mutating func replace(_ change: Candidates.Change) {
    var old = term(change.before, rank: change.rank)
    if let score = change.after {
      var new = term(score, rank: change.rank)
      (old.ownWeight, new.ownWeight) = (0, 0)
      sums += new
    }
    sums -= old
  }

  /// A filter kept some of the places.
  private mutating func shrink(_ candidates: inout Candidates) {
    let kept = candidates.range
    if kept == places { return }
    let before = sums
    if kept.count > places.count / 2 {
      sums -= sum(candidates, places.lowerBound..<kept.lowerBound)
      sums -= sum(candidates, kept.upperBound..<places.upperBound)
      if isPrecise(sums, of: before) { return }
    }
    sums = sum(candidates, kept)
    if !Self.isInRange(sums) { rescale(&candidates) }
  }

  /// False where the weights are too small or too large beside the reference.
  private static func isInRange(_ sums: Sums) -> Bool { sums.weight > 1e-100 && sums.weight < 1e100 }

  /// False where a difference may have lost digits.
  private func isPrecise(_ sums: Sums, of before: Sums) -> Bool {
    sums.weight > 1e-3 * before.weight && sums.ownWeight > 1e-3 * before.ownWeight && Self.isInRange(sums)
  }

  /// All sums anew, relative to the first candidate.
  private mutating func rescale(_ candidates: inout Candidates) {
    (temperature, isReshaped) = (candidates.temperature, candidates.original != nil)
    reference = candidates.scores[candidates.range.lowerBound]
    let entropy = candidates.entropy()
    sums.weight = candidates.total
    sums.weightedLogarithm = (log(candidates.total) - entropy) * candidates.total
    if candidates.range == places, candidates.changes.isEmpty { return }
    sums.ownWeight = ownWeight(candidates)
  }
}

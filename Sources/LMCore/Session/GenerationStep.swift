import Glibc

/// One decision that was made: the token, how it was chosen, and where it stood in the distribution.
public struct GenerationStep: Hashable, Sendable {
  /// The token's id.
  public let id: Int
  /// The number that was drawn for this step, whether it was looked at or not.
  public let draw: Draw
  /// The user named the token, or a text that is followed gave it, whatever the sampler would have drawn.
  public let isForced: Bool
  /// The sampler settings in force.
  public let settings: SamplingSettings
  /// The model's own probability of the token, softmax(logits).
  public let before: Double
  /// Its probability after the sampler chain; 0 for a forced token that the filters had removed.
  public let after: Double
  /// 1 for the most probable token of the model's own distribution.
  public let rank: Int
  /// Entropy of the model's own distribution, in bits; the middle of `entropyBounds`.
  public let entropyBits: Double
  /// Where it lies, in bits: a server may leave it open.
  public let entropyBounds: ClosedRange<Double>
  /// How many tokens the filters kept; the least of `keptBounds`.
  public let kept: Int
  /// Where it lies.
  public let keptBounds: ClosedRange<Int>
  /// The model's own probability of the kept tokens together.
  public let keptMass: Double

  /// A token that a server did not tell: `before` and `after` are the most that its probability can be, `rank` is the least.
  public let isUntold: Bool

  /// Mirostat's mu before the step, in bits; nil where Mirostat had no part.
  public let mu: Double?

  /// What contrastive search compared where it chose the token; else nil.
  public internal(set) var contrast: ContrastiveStep?

  /// The random number in [0, 1) that chose the token; nil where none was used (greedy or forced).
  public var u: Double? { isForced || settings.isGreedy ? nil : draw.u }

  /// Whether both are the same choice, made in the same way.
  func isMade(like other: GenerationStep) -> Bool {
    id == other.id && draw == other.draw && isForced == other.isForced && settings == other.settings
  }

  /// ln p of the token in the model's own distribution.
  public var logProbability: Double { log(before) }

  /// -log2 p, in bits.
  public var surprisalBits: Double { -log2(before) }

  init(
    id: Int, draw: Draw, isForced: Bool, settings: SamplingSettings, before: Double, after: Double, rank: Int,
    entropyBits: Double, entropyBounds: ClosedRange<Double>? = nil, kept: Int,
    keptBounds: ClosedRange<Int>? = nil, keptMass: Double, mu: Double?, isUntold: Bool = false
  ) {
    self.entropyBounds = entropyBounds ?? entropyBits...entropyBits
    self.keptBounds = keptBounds ?? kept...kept
    self.isUntold = isUntold
    (self.id, self.draw, self.isForced, self.settings) = (id, draw, isForced, settings)
    (self.before, self.after, self.rank) = (before, after, rank)
    (self.entropyBits, self.kept, self.keptMass, self.mu) = (entropyBits, kept, keptMass, mu)
  }

  init(_ row: DistributionRow, isForced: Bool, decision: Decision) {
    let distribution = decision.distribution
    id = row.id
    self.isForced = isForced
    draw = decision.draw
    settings = decision.settings
    before = row.before
    after = row.after ?? 0
    rank = row.rank
    (entropyBits, entropyBounds) = (distribution.entropyBefore, distribution.belief.entropyBounds)
    (kept, keptBounds) = (distribution.keptCount, distribution.keptCountBounds)
    keptMass = distribution.keptMass
    mu = decision.stages.mu
    isUntold = false
  }

  /// A token of which the source tells no more than that it stands below the known ranks; nil where all are known.
  init?(untold id: Int, isForced: Bool, decision: Decision) {
    let distribution = decision.distribution
    guard let rest = distribution.belief.restMass, rest.upperBound > 0,
      let last = distribution.row(atRank: distribution.knownRanks)
    else { return nil }
    self.init(
      id: id, draw: decision.draw, isForced: isForced, settings: decision.settings,
      before: min(last.before, rest.upperBound),
      after: distribution.untoldKept.map { min(last.mostAfter ?? 1, $0.share.upperBound) } ?? 0,
      rank: distribution.knownRanks + 1, entropyBits: distribution.entropyBefore,
      entropyBounds: distribution.belief.entropyBounds, kept: distribution.keptCount,
      keptBounds: distribution.keptCountBounds, keptMass: distribution.keptMass, mu: decision.stages.mu,
      isUntold: true)
  }
}

extension Collection<GenerationStep> {
  /// Whether the perplexity of these steps is the least that it can be: a token's probability was not told.
  public var hasUntold: Bool { contains(where: \.isUntold) }
}

/// exp of the mean of -ln p over the chosen tokens (the model's own p); nil for no steps. See `hasUntold`.
public func perplexity(of steps: some Collection<GenerationStep>) -> Double? {
  perplexity(of: steps.lazy.map(\.logProbability))
}

/// exp of the mean of -ln p over some tokens; nil for none.
package func perplexity(of logProbabilities: some Collection<Double>) -> Double? {
  guard !logProbabilities.isEmpty else { return nil }
  return exp(-logProbabilities.reduce(0, +) / Double(logProbabilities.count))
}

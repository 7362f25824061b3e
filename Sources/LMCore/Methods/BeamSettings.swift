import Glibc

/// How beam search runs: names, defaults and rules of `transformers`.
public struct BeamSettings: Hashable, Sendable {
  /// When the search ends although live beams could go on.
  public enum EarlyStopping: String, CaseIterable, Sendable {
    /// Once the best live beam, taken as it is, would score no better than the worst finished text.
    case heuristic = "false"
    /// As soon as there are as many finished texts as beams.
    case immediate = "true"
    /// Once no live beam can score better, whatever follows. Exact where the length penalty is at least 0.
    case never
  }

  /// Which continuations are looked at.
  public enum Choice: String, CaseIterable, Sendable {
    /// Those with the largest sums.
    case best = "beam"
    /// Some that are drawn, without replacement, from all of them together.
    case sampled = "sampled-beam"
    /// Whole texts that are drawn, without replacement, from all that the model can write (arXiv 1903.06059).
    case stochastic = "stochastic-beam"
    /// Those with the largest sums in each group of beams, where a later group pays for the tokens of earlier ones
    /// (arXiv 1610.02424).
    case diverse = "diverse-beam"
  }

  /// The largest number of beams.
  public static let mostBeams = 64

  /// B: how many texts live at once, and how many finished ones are kept; in 1...64.
  public var width: Int
  /// a: a finished text scores its sum of ln p, divided by (number of generated tokens)^a. Above 0 favours long texts.
  public var lengthPenalty: Double
  /// When the search ends.
  public var earlyStopping: EarlyStopping
  /// The chain whose steps change the probabilities. Of its filters none runs unless candidates are drawn.
  public var sampling: SamplingSettings
  /// Which continuations are looked at.
  public var choice: Choice
  /// The seed of what is drawn.
  public var seed: UInt64
  /// G: where `choice` is `.diverse`, how many groups the beams have; at least 2, and a divisor of `width`.
  public var groups: Int
  /// What a token's ln p is lowered by for each beam of an earlier group that takes it in the same step; above 0.
  public var diversity: Double

  /// Settings with these values.
  public init(
    width: Int = 5, lengthPenalty: Double = 1, earlyStopping: EarlyStopping = .heuristic,
    sampling: SamplingSettings = SamplingSettings(), choice: Choice = .best, seed: UInt64 = 0,
    groups: Int = 2,
    diversity: Double = 0.5
  ) {
    (self.width, self.lengthPenalty, self.earlyStopping) = (width, lengthPenalty, earlyStopping)
    (self.sampling, self.choice, self.seed) = (sampling, choice, seed)
    (self.groups, self.diversity) = (groups, diversity)
  }

  /// Random numbers decide.
  public var draws: Bool { choice == .sampled || choice == .stochastic }

  /// The rule to stop has a part: whole texts are drawn until all have ended.
  public var stopsEarly: Bool { choice != .stochastic }

  /// The chain as far as it acts: where nothing is drawn, its penalties and bans.
  public var actingSampling: SamplingSettings {
    guard !draws else { return sampling }
    var acting = ContrastiveSettings(penaltiesOf: sampling).sampling
    acting.knownOnly = sampling.knownOnly
    return acting
  }

  /// The first step of the chain that shapes draws, where nothing is drawn; else nil.
  public var idleStep: StepName? {
    draws ? nil : (try? SamplerChain(sampling))?.order.first { !Self.actsWithoutDraws($0) }
  }

  /// Whether a step of the chain has a part where nothing is drawn: the penalties and bans.
  public static func actsWithoutDraws(_ step: StepName) -> Bool {
    step.type.map(BeamChain.actsWithoutDraws) ?? false
  }

  /// A step of the chain has a part.
  public var hasActingChain: Bool {
    (try? BeamChain(BeamSearch(self, limit: 1, endOfText: [])).changesProbabilities) ?? true
  }

  /// The search ranks by other sums than those of the model's own ln p: a chain or groups change what it counts.
  public var hasSearchSums: Bool { choice == .diverse || hasActingChain }

  /// The beams can be divided into the groups.
  public var hasEqualGroups: Bool { groups >= 2 && width.isMultiple(of: groups) }

  /// How many beams are ranked together: those of a group, or all.
  public var groupWidth: Int { choice == .diverse ? width / groups : width }

  /// The settings under the names of `transformers`; the seed is none of them.
  public var json: JSON {
    let json: JSON = [
      "beams": JSON(width), "length_penalty": JSON(lengthPenalty),
      "early_stopping": JSON(earlyStopping.rawValue), "choice": JSON(choice.rawValue),
      "settings": sampling.json,
    ]
    return .object((json.members ?? []) + groupMembers)
  }

  /// The members that only a search in groups has.
  public var groupMembers: [JSON.Member] {
    guard choice == .diverse else { return [] }
    return [.init("groups", JSON(groups)), .init("diversity_penalty", JSON(diversity))]
  }

  /// Throws one sentence about the first setting that no search can have.
  public func validate() throws(BeamError) {
    guard (1...Self.mostBeams).contains(width) else { throw .width(width) }
    guard lengthPenalty.isFinite else { throw .lengthPenalty }
    guard choice == .diverse else { return }
    guard hasEqualGroups else { throw .groups(groups, width: width) }
    guard diversity.isFinite, diversity > 0 else { throw .diversity }
  }

  /// What a text of `count` generated tokens, at least 1, scores.
  public func score(sum: Double, count: Int) -> Double { sum / pow(Double(count), lengthPenalty) }

  /// The best that a live text of `count` tokens can score by the rule of `earlyStopping`, where a text has at most `limit`.
  func bound(sum: Double, count: Int, limit: Int) -> Double {
    score(sum: sum, count: earlyStopping == .never && lengthPenalty > 0 ? limit : count)
  }
}

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

  /// Settings with these values.
  public init(
    width: Int = 5, lengthPenalty: Double = 1, earlyStopping: EarlyStopping = .heuristic,
    sampling: SamplingSettings = SamplingSettings(), choice: Choice = .best, seed: UInt64 = 0
  ) {
    (self.width, self.lengthPenalty, self.earlyStopping) = (width, lengthPenalty, earlyStopping)
    (self.sampling, self.choice, self.seed) = (sampling, choice, seed)
  }

  /// The settings under the names of `transformers`; the seed is none of them.
  public var json: JSON {
    [
      "beams": JSON(width), "length_penalty": JSON(lengthPenalty),
      "early_stopping": JSON(earlyStopping.rawValue), "choice": JSON(choice.rawValue),
      "settings": sampling.json,
    ]
  }

  /// What a text of `count` generated tokens, at least 1, scores.
  public func score(sum: Double, count: Int) -> Double { sum / pow(Double(count), lengthPenalty) }

  /// The best that a live text of `count` tokens can score by the rule of `earlyStopping`, where a text has at most `limit`.
  func bound(sum: Double, count: Int, limit: Int) -> Double {
    score(sum: sum, count: earlyStopping == .never && lengthPenalty > 0 ? limit : count)
  }
}

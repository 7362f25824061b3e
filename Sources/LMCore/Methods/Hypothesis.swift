/// A text of beam search, behind the prompt.
public struct Hypothesis: Hashable, Sendable {
  /// The generated ids; that of the end of text is one of them.
  public let ids: [Int]
  /// ln p of each of them in the model's own distribution.
  public let logProbabilities: [Double]
  /// The sum of ln p as the search counts it: behind the chain, where one runs.
  public let sum: Double
  /// In stochastic beam search the number by which the text was drawn, its sum with Gumbel noise; else 0.
  public internal(set) var number = 0.0
  /// The group that it belongs to, from 0; always 0 where there are no groups.
  public let group: Int

  init(ids: [Int] = [], logProbabilities: [Double] = [], sum: Double = 0, group: Int = 0) {
    (self.ids, self.logProbabilities, self.sum, self.group) = (ids, logProbabilities, sum, group)
  }

  /// The sum of ln p in the model's own distribution.
  public var ownSum: Double { logProbabilities.reduce(0, +) }

  func appending(_ next: Continuation) -> Hypothesis {
    Hypothesis(
      ids: ids + [next.id], logProbabilities: logProbabilities + [next.ownLogProbability],
      sum: sum + next.logProbability, group: group)
  }
}

/// A token behind a beam.
public struct Continuation: Hashable, Sendable {
  /// The token.
  public let id: Int
  /// ln p in the model's own distribution.
  public let ownLogProbability: Double
  /// ln p as the search counts it: behind the chain, where one runs.
  public let logProbability: Double
  /// Where candidates are drawn, Gumbel noise: those with the largest sums and noise are. Else 0.
  let noise: Double
  /// By how much more the chain lowers ln p, where the model's own is lower by 1: not 1 where it multiplies.
  let slope: Double

  /// A continuation with these values.
  init(
    id: Int, ownLogProbability: Double, logProbability: Double? = nil, noise: Double = 0, slope: Double = 1
  ) {
    (self.id, self.ownLogProbability) = (id, ownLogProbability)
    (self.logProbability, self.noise) = (logProbability ?? ownLogProbability, noise)
    self.slope = slope
  }

  /// The same, with the model's own ln p lowered for the search.
  func lowered(by penalty: Double) -> Continuation {
    guard penalty != 0 else { return self }
    return Continuation(
      id: id, ownLogProbability: ownLogProbability, logProbability: logProbability - slope * penalty,
      noise: noise, slope: slope)
  }
}

/// A text that beam search has finished.
public struct FinishedHypothesis: Hashable, Sendable {
  /// The text.
  public let hypothesis: Hypothesis
  /// Its sum, divided by its length to the power of the length penalty.
  public let score: Double
  /// True where it ended with an end of text; false where it only reached the length.
  public let isEnded: Bool
}

/// A continuation that beam search has looked at.
public struct BeamCandidate: Hashable, Sendable {
  /// What becomes of a continuation.
  public enum Fate: Hashable, Sendable {
    /// It is beam `place` of the next step, counted from 0.
    case lives(place: Int)
    /// It ended among the best B, and is kept with this score.
    case finished(score: Double)
    /// It ended among the best B, but B finished texts score better.
    case finishedBelowOthers(score: Double)
    /// It ended, but is not among the best B: beam search throws it away.
    case endedTooLow
    /// B others go before it.
    case cut
    /// It is among the best, but its group has ended with this step.
    case groupEnded
  }

  /// The beam that it continues, from 0.
  public let parent: Int
  /// The token, and what the model and the chain hold of it.
  public let token: Continuation
  /// The parent's sum and the token's ln p.
  public let sum: Double
  /// What it ranks by: the sum; in stochastic beam search the sum with Gumbel noise.
  public let number: Double
  /// Its place among all continuations of all beams of its group, from 1, by `number` descending.
  public let rank: Int
  /// What becomes of it.
  public internal(set) var fate: Fate

  /// The token's id.
  public var id: Int { token.id }
}

extension BeamCandidate.Fate {
  /// What becomes of a continuation, as JSON has it.
  public enum Name: String, CaseIterable, Sendable {
    case lives, finished
    case finishedBelowOthers = "finished-below-others"
    case endedTooLow = "ended-too-low"
    case cut
    case groupEnded = "group-ended"
  }

  /// Its name in JSON.
  public var name: Name {
    switch self {
    case .lives: .lives
    case .finished: .finished
    case .finishedBelowOthers: .finishedBelowOthers
    case .endedTooLow: .endedTooLow
    case .cut: .cut
    case .groupEnded: .groupEnded
    }
  }

  /// The score of a text that ended among the best B; else nil.
  public var score: Double? {
    switch self {
    case .finished(let score), .finishedBelowOthers(let score): score
    case .lives, .endedTooLow, .cut, .groupEnded: nil
    }
  }
}

/// One step of beam search: from the live beams over their continuations to the next ones.
public struct BeamStep: Hashable, Sendable {
  /// Why a search ends.
  public enum Stop: String, CaseIterable, Sendable {
    /// As many texts are finished as there are beams, and the search is to stop then.
    case allFinished = "all-finished"
    /// No live beam can score better than what is finished, by the rule of `EarlyStopping`.
    case noBetter = "no-better"
    /// The texts have their length.
    case length
  }

  /// The beams before the step, by group, best first.
  public let parents: [Hypothesis]
  /// The best continuations, by group and rank; among them the best one of each beam, however low it ranks.
  public let candidates: [BeamCandidate]
  /// The beams after the step, by group, best first.
  public let live: [Hypothesis]
  /// All finished texts so far, best first; at most as many of each group as it has beams.
  public let finished: [FinishedHypothesis]
  /// What the best live beam can still score, by the rule of `EarlyStopping`; nil at the length, and where there are groups.
  public let bestPossibleScore: Double?
  /// The worst score of the finished texts, where there are as many as beams, and no groups; else nil.
  public let worstFinishedScore: Double?
  /// Why the search ends here; nil where it goes on.
  public let stop: Stop?

  /// How many of the next beams continue this one.
  public func survivors(of parent: Int) -> Int {
    candidates.count { if case .lives = $0.fate { $0.parent == parent } else { false } }
  }
}

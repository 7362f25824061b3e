import LMCore

// Whole vocabularies as arrays, for tests: the program reads rows.

extension Belief {
  /// All known ids, the most probable first.
  public var ranking: [Int] { Array(knownIDs) }
  /// [V], by id; -1 where unknown.
  public var probabilities: [Double] { (0..<vocabularySize).map { row(of: $0)?.probability ?? -1 } }
  /// [V], by id; NaN where unknown.
  public var logits: [Float] { (0..<vocabularySize).map { row(of: $0)?.logit ?? .nan } }

  /// 0 where unknown.
  public func rank(of id: Int) -> Int { row(of: id)?.rank ?? 0 }
  /// 0 at rank 0, -1 where unknown.
  public func cumulative(atRank rank: Int) -> Double { rank == 0 ? 0 : row(atRank: rank)?.cumulative ?? -1 }
}

extension Distribution {
  public var ranking: [Int] { belief.ranking }
  public var logits: [Float] { belief.logits }
  /// [V], by id.
  public var before: [Double] { belief.probabilities }
  /// [V], by id; 0 for a removed token.
  public var after: [Double] { (0..<vocabularySize).map { row(of: $0)?.after ?? 0 } }
  public var keptIDs: [Int] { (0..<vocabularySize).filter { isKept($0) } }

  public func rank(of id: Int) -> Int { belief.rank(of: id) }
  public func cumulative(atRank rank: Int) -> Double { belief.cumulative(atRank: rank) }
  public func isKept(_ id: Int) -> Bool { row(of: id)?.isKept ?? false }
  public func removedBy(_ id: Int) -> StepName? { row(of: id)?.removedBy }
  /// -1 where unknown.
  public func sample(_ u: Double) -> Int { token(at: u) ?? -1 }
}

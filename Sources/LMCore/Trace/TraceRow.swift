/// One token of a recorded distribution: a row of the table, as the command `next` lists it.
public struct TraceRow: Equatable, Sendable {
  /// 1 for the most probable in the model's own distribution.
  public let rank: Int
  /// The token.
  public let token: TraceToken
  /// The logit; minus infinity for a token that the model excludes.
  public let logit: Float
  /// The model's own probability.
  public let before: Double
  /// The sum of the model's own probabilities over ranks 1...rank.
  public let cumulative: Double
  /// The probability after the sampler chain; 0 for a removed token.
  public let after: Double
  /// The most that it can be, where a server left it open: then `after` is the least.
  public let mostAfter: Double?
  /// False where a filter removed the token.
  public let isKept: Bool
  /// The filter that removed it.
  public let removedBy: StepName?

  /// Records a row of a distribution.
  public init(_ row: DistributionRow, tokenizer: (any TokenTable)?) {
    self.init(
      rank: row.rank, token: TraceToken(row.id, of: tokenizer), logit: row.belief.logit, before: row.before,
      cumulative: row.belief.cumulative, after: row.after ?? 0,
      mostAfter: row.afterBounds.flatMap { $0.lowerBound < $0.upperBound ? $0.upperBound : nil },
      isKept: row.isKept, removedBy: row.removedBy)
  }

  /// The row as a distribution has it.
  var row: DistributionRow {
    DistributionRow(
      belief: BeliefRow(
        rank: rank, id: token.id, logit: logit, probability: before, cumulative: cumulative),
      after: isKept ? after : nil, mostAfter: isKept ? mostAfter : nil, removedBy: isKept ? nil : removedBy)
  }

  init(
    rank: Int, token: TraceToken, logit: Float, before: Double, cumulative: Double, after: Double,
    mostAfter: Double? = nil, isKept: Bool, removedBy: StepName?
  ) {
    (self.rank, self.token, self.logit) = (rank, token, logit)
    (self.before, self.cumulative, self.after) = (before, cumulative, after)
    (self.mostAfter, self.isKept, self.removedBy) = (mostAfter, isKept, removedBy)
  }

  /// The row as a JSON object; without a vocabulary `token` and `piece` are null.
  public func json(hasVocabulary: Bool) -> JSON {
    .object(
      [.init("rank", JSON(rank))] + token.members(hasVocabulary: hasVocabulary) + [
        .init("logit", JSON(exactly: logit)), .init("before", JSON(before)),
        .init("cumulative", JSON(cumulative)),
        .init("after", JSON(after)), .init("kept", JSON(isKept)),
        .init("removed_by", JSON(removedBy?.rawValue)),
      ] + (mostAfter.map { [.init("after_most", JSON($0))] } ?? []))
  }
}

/// A recorded decision: statistics of the whole distribution, and its most probable tokens one by one.
public struct TraceDecision: Equatable, Sendable {
  /// The sampler settings.
  public var settings: SamplingSettings
  /// The random number.
  public var draw: Draw
  /// The id of the token that the draw selects; nil where a server did not tell it (see `head`).
  public var drawnID: Int?
  /// The interval of [0, 1) in which a random number selects `drawnID`; nil where it is not known.
  public var interval: ClosedRange<Double>?
  /// The next token of the text that the session follows; nil where it follows none.
  public var followedID: Int?
  /// The entropy of the model's own distribution, in bits.
  public var entropyBits: Double
  /// The entropy after the sampler chain, in bits.
  public var entropyAfterBits: Double
  /// The number of tokens that the chain kept.
  public var kept: Int
  /// As `Distribution.keptMass`.
  public var keptMass: Double
  /// As `Distribution.filteredMass`.
  public var filteredMass: Double
  /// As `Distribution.bindingFilter`.
  public var bindingFilter: StepName?
  /// As `Distribution.cutRank`.
  public var cutRank: Int
  /// As `Decision.stages`.
  public var stages: [SamplerStage]
  /// What a server told of the distribution, and what it left open; nil where all of it is known.
  public var head: TraceHead?
  /// Where `kept` lies.
  public var keptBounds: ClosedRange<Int> {
    kept...kept + (head?.kept?.openCount ?? 0)
  }
  /// The recorded rows by rank: the first ranks without a gap, then, where they have lower ranks, the drawn token, the
  /// chosen one, that of the followed text, the most probable one after the chain, and the examples of the stages. Empty for
  /// a row count of 0.
  public var rows: [TraceRow]

  /// Records a decision.
  ///
  /// - Parameters:
  ///   - chosen: the id that was appended; nil where none was.
  ///   - rowCount: the number of first ranks to record.
  ///   - tokenizer: gives the text of tokens; nil without a vocabulary.
  public init(_ decision: Decision, chosen: Int?, rowCount: Int, tokenizer: (any TokenTable)?) {
    let distribution = decision.distribution
    settings = decision.settings
    draw = decision.draw
    drawnID = decision.drawn
    interval = decision.drawn.flatMap(decision.interval(of:))
    followedID = decision.followed
    entropyBits = distribution.entropyBefore
    entropyAfterBits = distribution.entropyAfter
    kept = distribution.keptCount
    keptMass = distribution.keptMass
    filteredMass = distribution.filteredMass
    bindingFilter = distribution.bindingFilter
    cutRank = distribution.cutRank
    stages = decision.stages
    head = TraceHead(decision)
    rows = []
    guard rowCount > 0 else { return }
    let first = min(rowCount, distribution.knownRanks)
    let examples = stages.map { $0.example?.id }
    let extra = ([decision.drawn, distribution.mostProbableAfter, chosen, decision.followed] + examples)
      .compactMap { $0.flatMap { distribution.row(of: $0)?.rank } }.filter { $0 > first }
    rows = (Array(1...first) + Set(extra).sorted()).compactMap {
      distribution.row(atRank: $0).map { TraceRow($0, tokenizer: tokenizer) }
    }
  }

  init(
    settings: SamplingSettings, draw: Draw, drawnID: Int?, interval: ClosedRange<Double>?, followedID: Int?,
    entropyBits: Double, entropyAfterBits: Double, kept: Int, keptMass: Double, filteredMass: Double,
    bindingFilter: StepName?, cutRank: Int, stages: [SamplerStage], head: TraceHead? = nil, rows: [TraceRow]
  ) {
    (self.settings, self.draw, self.drawnID, self.interval) = (settings, draw, drawnID, interval)
    self.followedID = followedID
    (self.entropyBits, self.entropyAfterBits) = (entropyBits, entropyAfterBits)
    (self.kept, self.keptMass, self.filteredMass) = (kept, keptMass, filteredMass)
    (self.bindingFilter, self.cutRank, self.stages) = (bindingFilter, cutRank, stages)
    (self.head, self.rows) = (head, rows)
  }

  /// The number of `rows` that are the first ranks, without a gap.
  public var knownRanks: Int { zip(rows, 1...).prefix { $0.rank == $1 }.count }

  /// The members that a line of a step has always had.
  var summary: [JSON.Member] {
    [
      .init("entropy_bits", JSON(entropyBits, unless: head?.entropyBits)), .init("kept", JSON(kept)),
      .init("kept_mass", JSON(keptMass)),
    ]
  }

  /// The other members, which a replay needs.
  func details(after start: TraceStart) -> [JSON.Member] {
    var members: [JSON.Member] = [
      .init("entropy_after_bits", JSON(entropyAfterBits, unless: head?.entropyAfterBits)),
      .init("filtered_mass", JSON(filteredMass)),
      .init("binding", JSON(bindingFilter?.rawValue)), .init("cut_rank", JSON(cutRank)),
      .init("draw", draw.json),
      .init("drawn", drawnID.map { JSON($0) } ?? .null),
      .init("interval", interval.map { JSON($0) } ?? .null),
    ]
    if let followedID { members.append(.init("followed", JSON(followedID))) }
    if settings != start.settings { members.append(.init("settings", settings.json)) }
    if let head { members.append(.init("head", head.json)) }
    if !stages.isEmpty { members.append(.init("stages", .array(stages.map(\.json)))) }
    if !rows.isEmpty {
      members.append(.init("rows", .array(rows.map { $0.json(hasVocabulary: start.hasVocabulary) })))
    }
    return members
  }
}

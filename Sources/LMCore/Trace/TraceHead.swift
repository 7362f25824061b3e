/// What a trace holds of a distribution of which a server told only the first ranks: the bounds of what the numbers of
/// `TraceDecision` are the least of.
public struct TraceHead: Equatable, Sendable {
  /// How many ranks the server told.
  public var knownRanks: Int
  /// The probability of the others.
  public var restMass: ClosedRange<Double>
  /// Of the model's own distribution, in bits.
  public var entropyBits: ClosedRange<Double>
  /// After the chain, in bits.
  public var entropyAfterBits: ClosedRange<Double>
  /// What of the kept tokens was not told; nil where all of them are known.
  public var kept: Distribution.UntoldPart?
  /// Why no token was drawn.
  public var problem: Untold?

  /// nil where all of a distribution is known.
  init?(_ decision: Decision) {
    let distribution = decision.distribution
    guard let rest = distribution.belief.restMass, distribution.knownRanks < distribution.vocabularySize
    else {
      return nil
    }
    (knownRanks, restMass) = (distribution.knownRanks, rest)
    (entropyBits, entropyAfterBits) = (distribution.belief.entropyBounds, distribution.entropyAfterBounds)
    (kept, problem) = (distribution.untoldKept, decision.problem)
  }

  init(
    knownRanks: Int, restMass: ClosedRange<Double>, entropyBits: ClosedRange<Double>,
    entropyAfterBits: ClosedRange<Double>, kept: Distribution.UntoldPart?, problem: Untold?
  ) {
    (self.knownRanks, self.restMass, self.entropyBits) = (knownRanks, restMass, entropyBits)
    (self.entropyAfterBits, self.kept, self.problem) = (entropyAfterBits, kept, problem)
  }

  var json: JSON {
    var members: [JSON.Member] = [
      .init("known_ranks", JSON(knownRanks)), .init("rest_mass", JSON(restMass)),
      .init("entropy_bits", JSON(entropyBits)), .init("entropy_after_bits", JSON(entropyAfterBits)),
    ]
    if let kept {
      members.append(
        .init(
          "kept", ["count": JSON(kept.count), "mass": JSON(kept.mass), "share": JSON(kept.share)]))
    }
    if let problem { members.append(.init("problem", problem.json)) }
    return .object(members)
  }
}

extension JSON {
  /// A number; null where it is only known to lie between two different bounds.
  package init(_ value: Double, unless bounds: ClosedRange<Double>?) {
    self = bounds.map { $0.lowerBound < $0.upperBound } ?? false ? .null : JSON(value)
  }
}

extension Untold {
  private enum Kind: String, CaseIterable { case logits, allTokens = "all_tokens", cut, draw }

  var json: JSON {
    switch self {
    case .logits(let step): ["what": JSON(Kind.logits.rawValue), "step": JSON(step.rawValue)]
    case .allTokens(let step, _, let order):
      .object(
        [.init("what", JSON(Kind.allTokens.rawValue)), .init("step", JSON(step.rawValue))]
          + (order.map { [.init("order", JSON($0))] } ?? []))
    case .cut(let step, _, _): ["what": JSON(Kind.cut.rawValue), "step": JSON(step.rawValue)]
    case .draw(_, _, nil): ["what": JSON(Kind.draw.rawValue)]
    case .draw(_, _, let ranks?): ["what": JSON(Kind.draw.rawValue), "ranks": JSON(ranks)]
    }
  }

  /// - Parameter u: the number of the draw.
  init(_ fields: TraceFields, u: Double, known: Int, vocabularySize: Int) throws(TraceError) {
    switch try fields.word("what", of: Kind.self) {
    case .logits: self = .logits(neededBy: try fields.word("step", of: StepName.self))
    case .allTokens:
      // Only an order is said: no other text may come from a file.
      let order = try fields.optionalString("order").flatMap { try? ChainOrder(parsing: $0) }
      self = .allTokens(
        neededBy: try fields.word("step", of: StepName.self), known: known, order: order?.name)
    case .cut:
      self = .cut(
        of: try fields.word("step", of: StepName.self), known: known, vocabularySize: vocabularySize)
    case .draw: self = .draw(u: u, known: known, ranks: try fields.has("ranks") ? fields.ranks(known) : nil)
    }
  }
}

extension TraceFields {
  /// The ranks on which a draw may fall; one more than are known stands for those below.
  fileprivate func ranks(_ known: Int) throws(TraceError) -> ClosedRange<Int> {
    let ranks = try array("ranks").map(\.int)
    guard ranks.count == 2, let first = ranks[0], let last = ranks[1], first >= 1, first <= last,
      last <= known + 1
    else { throw wrong("ranks", "two ranks, the first one first") }
    return first...last
  }
}

/// One number of the random stream, and its position in it.
public struct Draw: Hashable, Sendable {
  /// The seed of the stream.
  public let seed: UInt64
  /// How many numbers of the stream this step skipped because the user drew again.
  public let redraws: Int
  /// Uniform in [0, 1).
  public let u: Double

  /// A draw with these values; `u` must be in [0, 1).
  public init(seed: UInt64, redraws: Int, u: Double) {
    (self.seed, self.redraws, self.u) = (seed, redraws, u)
  }

  /// The first number of a seed.
  public init(firstOf seed: UInt64, like rule: SeedRule) {
    var stream = DrawStream(seed: seed)
    self.init(seed: seed, redraws: 0, u: stream.next(rule))
  }
}

/// The next decision: everything that is known before the token is appended.
public struct Decision: Sendable {
  /// The model's distribution before and after the sampler chain.
  public let distribution: Distribution
  /// The random number of this step; greedy decoding does not use it.
  public let draw: Draw
  /// The id of the token that the draw selects; nil where a head does not tell it (see `problem`).
  public let drawn: Int?
  /// Why no token is drawn.
  public let problem: Untold?
  /// The next token of the text that the session follows; nil where it follows none, or has left it.
  public let followed: Int?
  /// The sampler settings of this step.
  public let settings: SamplingSettings
  /// What each stage of the chain did, in the order in which they ran; empty where a recording does not tell.
  public let stages: [SamplerStage]

  /// The place of `drawn` on the line from 0 to 1 where that is not the ranking's; see `interval(of:)`.
  private let drawnInterval: ClosedRange<Double>?

  /// A decision of a chain.
  init(
    _ chain: SamplerChain, _ distribution: Distribution, _ stages: [SamplerStage], _ context: ChainContext,
    draw: Draw, followed: Int?
  ) throws(SamplingError) {
    let settings = chain.settings
    guard settings.seedLike == .llamaCpp, !settings.isGreedy else {
      self.init(
        distribution: distribution, stages: stages, draw: draw, settings: settings, followed: followed)
      return
    }
    do throws(SamplingError) {
      let drawn = try chain.drawLikeLlamaCpp(at: draw.u, in: distribution, context)
      self.init(
        distribution: distribution, stages: stages, draw: draw, settings: settings, followed: followed,
        drawn: drawn.id, drawnInterval: drawn.interval)
    } catch {
      guard case .untold = error else { throw error }
      self.init(
        distribution: distribution, stages: stages, draw: draw, settings: settings, followed: followed)
    }
  }

  /// - Parameter drawn: the drawn id, which a recording gives; nil to look it up in the distribution.
  init(
    distribution: Distribution, stages: [SamplerStage] = [], draw: Draw, settings: SamplingSettings,
    followed: Int? = nil, drawn: Int? = nil, drawnInterval: ClosedRange<Double>? = nil
  ) {
    self.drawnInterval = drawnInterval
    (self.distribution, self.stages) = (distribution, stages)
    self.draw = draw
    self.settings = settings
    self.followed = followed
    let isLlamaCpp = settings.seedLike == .llamaCpp && !settings.isGreedy
    let found = drawn ?? (isLlamaCpp && distribution.untoldKept != nil ? nil : distribution.token(at: draw.u))
    self.drawn = found
    let open =
      isLlamaCpp ? distribution.openDrawInAnyOrder(at: draw.u) : distribution.openDraw(at: draw.u)
    problem = found == nil ? distribution.untold ?? open : nil
  }

  /// The id that a step forward appends: the followed text's token, else the drawn one; nil where that is not known.
  public var id: Int? { followed ?? drawn }

  /// The numbers that draw a token, as `Distribution.interval(of:)`. With llama.cpp's draw the tokens may lie along the
  /// line in another order than the ranking: then it is known of the drawn token alone.
  public func interval(of id: Int) -> ClosedRange<Double>? {
    guard let drawnInterval else { return distribution.interval(of: id) }
    return id == drawn ? drawnInterval : nil
  }

  /// More ranks of a head could decide what this one leaves open.
  var needsMoreRanks: Bool {
    problem?.needsRanks ?? false || distribution.isCutOpen
      || followed.map { distribution.row(of: $0) == nil } ?? false
  }

  /// The random number in [0, 1) that chooses the token; nil for greedy decoding.
  public var u: Double? { settings.isGreedy ? nil : draw.u }

  /// Throws `SamplingError.untold` where no token is known to append.
  var step: GenerationStep {
    get throws(SamplingError) {
      guard let id else { throw .untold(problem ?? distribution.openDraw(at: draw.u)) }
      return try step(id, isForced: followed != nil)
    }
  }

  func forcedStep(_ id: Int) throws(SamplingError) -> GenerationStep { try step(id, isForced: true) }

  private func step(_ id: Int, isForced: Bool) throws(SamplingError) -> GenerationStep {
    guard let row = distribution.row(of: id) else {
      if let step = GenerationStep(untold: id, isForced: isForced, decision: self) { return step }
      throw .tokenUntold(id: id, known: distribution.knownRanks)
    }
    return GenerationStep(row, isForced: isForced, decision: self)
  }
}

/// One number of the random stream, and where in it the number stood.
public struct Draw: Hashable, Sendable {
  public let seed: UInt64
  /// How many numbers of the stream this step passed over because the user drew again.
  public let redraws: Int
  /// Uniform in [0, 1).
  public let u: Double

  public init(seed: UInt64, redraws: Int, u: Double) {
    (self.seed, self.redraws, self.u) = (seed, redraws, u)
  }
}

/// The decision that stands next: everything that is known before the token is appended.
public struct Decision: Sendable {
  /// The model's distribution, and what the sampler chain made of it.
  public let distribution: Distribution
  /// Drawn for this step; greedy decoding does not look at it.
  public let draw: Draw
  /// The token that the draw falls on.
  public let drawn: Int
  /// The next token of the text that the session follows; nil where it follows none, or has left it.
  public let followed: Int?
  public let settings: SamplingSettings

  /// - Parameter drawn: nil to look up where the draw falls, which a recording does not know.
  init(
    distribution: Distribution, draw: Draw, settings: SamplingSettings, followed: Int? = nil,
    drawn: Int? = nil
  ) {
    self.distribution = distribution
    self.draw = draw
    self.settings = settings
    self.followed = followed
    guard let drawn = drawn ?? distribution.token(at: draw.u) else {
      preconditionFailure("a computed distribution has a token for every draw")
    }
    self.drawn = drawn
  }

  /// What one step forward appends: the followed text's token, else the drawn one.
  public var id: Int { followed ?? drawn }

  /// The random number in [0, 1) that chooses the token; nil for greedy decoding.
  public var u: Double? { settings.isGreedy ? nil : draw.u }

  var step: GenerationStep { GenerationStep(id, isForced: followed != nil, decision: self) }

  func forcedStep(_ id: Int) -> GenerationStep { GenerationStep(id, isForced: true, decision: self) }
}

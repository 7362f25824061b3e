import Glibc

/// The random numbers of llama.cpp's samplers: `std::mt19937` (Matsumoto, Nishimura 1998) with a 32-bit seed.
///
/// Each sampler has a generator of its own with the same seed. The draw takes two outputs a token, also where one
/// candidate is left; XTC takes one where it is on.
public struct LlamaCppRandom: Sendable {
  private static let size = 624
  private var state: [UInt32]
  private var place = Self.size

  /// The numbers of a seed, from the first on.
  public init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(Self.size)
    for index in 1..<UInt32(Self.size) {
      let last = state[Int(index) - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ index)
    }
  }

  /// The next 32 bits.
  public mutating func next() -> UInt32 {
    if place == Self.size {
      for k in 0..<Self.size {
        let y = (state[k] & 0x8000_0000) | (state[(k + 1) % Self.size] & 0x7FFF_FFFF)
        state[k] = state[(k + 397) % Self.size] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
      }
      place = 0
    }
    var y = state[place]
    place += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C_5680
    y ^= (y << 15) & 0xEFC6_0000
    return y ^ (y >> 18)
  }

  /// The number of the draw, in [0, 1): of two outputs the first is the lower one.
  public mutating func nextDouble() -> Double {
    let low = Double(next())
    return min((low + Double(next()) * 0x1p32) / 0x1p64, 1.0.nextDown)
  }

  /// The number of XTC, in [0, 1).
  public mutating func nextFloat() -> Double {
    Double(min(Float(next()) / 0x1p32, Float(1).nextDown))
  }
}

extension LlamaCppRandom {
  /// The number of the draw at a step, from 0. Costs all those before it: microseconds.
  static func draw(at step: Int, seed: UInt64) -> Double {
    var random = LlamaCppRandom(seed: UInt32(truncatingIfNeeded: seed))
    for _ in 0..<2 * step { _ = random.next() }
    return random.nextDouble()
  }

  /// XTC's number behind so many others of it.
  static func chance(at place: Int, seed: UInt64) -> Double {
    var random = LlamaCppRandom(seed: UInt32(truncatingIfNeeded: seed))
    for _ in 0..<place { _ = random.next() }
    return random.nextFloat()
  }
}

extension SamplerChain {
  /// The token that a number u in [0, 1) draws from what this chain left, by the rule of the settings; nil where a recording
  /// does not tell.
  public func token(
    at u: Double, in distribution: Distribution, _ context: ChainContext
  ) throws(SamplingError) -> Int? {
    guard settings.seedLike == .llamaCpp, !settings.isGreedy else { return distribution.token(at: u) }
    return try drawLikeLlamaCpp(at: u, in: distribution, context).id
  }

  /// What llama.cpp's draw takes with a number u in [0, 1) from what this chain left: the first candidate, in the order of
  /// llama.cpp's array, whose running sum reaches u.
  ///
  /// The array stands in the order of ids until a step sorts it: top-k, top-p, XTC where it acts and a dynamic temperature
  /// by score, typical sampling by the distance from the entropy.
  ///
  /// - Returns: the token, and its place on the line from 0 to 1; no place where the array is the ranking, so that it is
  ///   that of `Distribution.interval(of:)`.
  func drawLikeLlamaCpp(
    at u: Double, in distribution: Distribution, _ context: ChainContext
  ) throws(SamplingError) -> (id: Int, interval: ClosedRange<Double>?) {
    if let untold = distribution.untold { throw .untold(untold) }
    guard distribution.untoldKept == nil else {
      throw .untold(distribution.openDrawInAnyOrder(at: u))
    }
    let sorter = order.lastIndex { $0.sortsArray(settings, context) }
    let rows = (1...distribution.cutRank).compactMap(distribution.row(atRank:)).filter(\.isKept)
    let array: [DistributionRow]
    var isRanking = false
    switch sorter.map({ order[$0] }) {
    case nil: array = rows.sorted { $0.id < $1.id }
    case .typicalP:
      let seen = try apply(to: distribution.belief, context, first: sorter)
      let entropy = seen.entropyAfter / bitsPerNat
      let shifts = Dictionary(
        uniqueKeysWithValues: rows.map { row in
          (row.id, abs(-log(seen.row(of: row.id)?.after ?? 0) - entropy))
        })
      array = rows.sorted { (shifts[$0.id] ?? 0, $0.rank) < (shifts[$1.id] ?? 0, $1.rank) }
    default:
      array = rows.sorted { ($0.after ?? 0, $1.rank) > ($1.after ?? 0, $0.rank) }
      isRanking = zip(array, array.dropFirst()).allSatisfy { $0.rank < $1.rank }
    }
    var sum = 0.0
    for (place, row) in array.enumerated() {
      let lower = sum
      sum += row.after ?? 0
      if sum >= u || place == array.count - 1 {
        return (row.id, isRanking ? nil : min(lower, 1)...(place == array.count - 1 ? 1 : min(sum, 1)))
      }
    }
    preconditionFailure("a chain leaves a token")
  }
}

extension SamplerChain {
  /// Mirostat and adaptive-p draw by other means than the plain draw, which take no number for a single candidate.
  func keepsNumberLikeLlamaCpp(_ distribution: Distribution) -> Bool {
    settings.seedLike == .llamaCpp && distribution.keptCount == 1
      && (order.contains(.mirostat) || order.contains(.adaptiveP))
  }
}

extension StepName {
  /// Whether llama.cpp's array has another order behind the step.
  fileprivate func sortsArray(_ settings: SamplingSettings, _ context: ChainContext) -> Bool {
    switch self {
    case .topK, .topP, .typicalP, .mirostat: true
    case .xtc: context.scene(for: .xtc).chance <= settings.xtcProbability
    case .temperature: settings.dynatempRange > 0 && !settings.isMirostatAlone
    default: false
    }
  }
}

/// How much of a model's probability its k most probable tokens have, at many positions of a text.
public struct TopMass: Equatable, Sendable {
  /// The numbers of tokens, ascending.
  public let ranks: [Int]
  /// For each of them the masses, in 0...1; sorted once all are known.
  private var masses: [[Double]]

  /// - Parameter vocabularySize: V, the last of the ranks.
  public init(vocabularySize: Int) {
    ranks =
      [1, 2, 5, 10, 20, 40, 100, 320, 640, 1000, 3200, 10_000, 32_000].filter { $0 < vocabularySize } + [
        vocabularySize
      ]
    masses = ranks.map { _ in [] }
  }

  /// The number of positions.
  public var count: Int { masses[0].count }

  /// Adds a position.
  mutating func add(_ belief: Belief) {
    for (place, rank) in ranks.enumerated() {
      masses[place].append(belief.row(atRank: rank)?.cumulative ?? 1)
    }
  }

  mutating func sort() { for place in masses.indices { masses[place].sort() } }

  /// The mass that this share of the positions does not exceed; 0 where there is no position.
  public func quantile(_ share: Double, atRank rank: Int) -> Double {
    guard let place = ranks.firstIndex(of: rank), !masses[place].isEmpty else { return 0 }
    let sorted = masses[place]
    return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
  }
}

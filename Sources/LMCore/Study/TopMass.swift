/// How much of a model's probability its k most probable tokens have, at many positions of a text.
public struct TopMass: Equatable, Sendable {
  /// The numbers of tokens, ascending.
  private let allRanks: [Int]
  /// For each of them the masses, in 0...1, at the positions where they are known; sorted once all are there.
  private var masses: [[Double]]
  /// The number of positions.
  public private(set) var count = 0

  /// - Parameter vocabularySize: V, the last of the ranks.
  public init(vocabularySize: Int) {
    allRanks =
      [1, 2, 5, 10, 20, 40, 100, 320, 640, 1000, 3200, 10_000, 32_000].filter { $0 < vocabularySize } + [
        vocabularySize
      ]
    masses = allRanks.map { _ in [] }
  }

  /// The numbers of tokens whose mass is known at every position, ascending: of a server only the first ones.
  public var ranks: [Int] { zip(allRanks, masses).filter { $1.count == count }.map(\.0) }

  /// Adds a position.
  mutating func add(_ belief: Belief) {
    count += 1
    for (place, rank) in allRanks.enumerated() {
      if let row = belief.row(atRank: rank) { masses[place].append(row.cumulative) }
    }
  }

  mutating func sort() { for place in masses.indices { masses[place].sort() } }

  /// The mass that this share of the positions does not exceed, for one of the `ranks`; 0 where there is no position.
  public func quantile(_ share: Double, atRank rank: Int) -> Double {
    guard let place = allRanks.firstIndex(of: rank), !masses[place].isEmpty else { return 0 }
    let sorted = masses[place]
    return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
  }
}

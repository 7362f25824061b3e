import LMCore
import Presentation

/// The quantity that colours the tokens of the text, in five steps from expected to surprising.
enum TextScale: CaseIterable, Hashable, Sendable {
  case rank, probability, surprisal, entropy, off

  static let stepCount = 5

  var next: TextScale {
    let all = Self.allCases
    return all[(all.firstIndex(of: self)! + 1) % all.count]
  }

  var title: String {
    switch self {
    case .rank: "rank"
    case .probability: "p"
    case .surprisal: "surprisal"
    case .entropy: "entropy"
    case .off: ""
    }
  }

  /// The legend of the five steps, the most expected first; empty for `off`.
  var labels: [String] {
    switch self {
    case .rank: RankBands.shortLabels
    case .probability: ["≥50%", "≥10%", "≥1%", "≥0.1%", "below"]
    case .surprisal: ["<1", "<3", "<6", "<10", "more bits"]
    case .entropy: ["<1", "<3", "<5", "<7", "more bits"]
    case .off: []
    }
  }

  /// The step of a token, in 0..<5; nil for `off`, and where a server does not tell enough to know it.
  func step(of step: GenerationStep) -> Int? {
    switch self {
    case .rank: RankBands.band(of: step)
    case .probability:
      Self.certain([0.5, 0.1, 0.01, 0.001].firstIndex { step.before >= $0 } ?? 4, step.isUntold ? 4 : nil)
    case .surprisal:
      Self.certain([1, 3, 6, 10].firstIndex { step.surprisalBits < $0 } ?? 4, step.isUntold ? 4 : nil)
    case .entropy:
      Self.certain(
        Self.entropyStep(step.entropyBounds.lowerBound), Self.entropyStep(step.entropyBounds.upperBound))
    case .off: nil
    }
  }

  private static func entropyStep(_ bits: Double) -> Int { [1, 3, 5, 7].firstIndex { bits < $0 } ?? 4 }

  /// The step of both bounds; nil where they fall into two.
  private static func certain(_ least: Int, _ most: Int?) -> Int? { least == most ?? least ? least : nil }
}

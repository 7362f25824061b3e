import Foundation

@testable import LMCore

/// Kept sets and probabilities of `transformers`, written by Scripts/make_sampler_fixtures.py.
struct SamplerFixture: Decodable, Sendable {
  /// null stands for minus infinity.
  let logits: [String: [Double?]]
  let rows: [Row]

  struct Row: Decodable, Sendable {
    let logits: String
    let settings: [String: Value]
    let history: [Int]?
    /// Half-open runs of ids.
    let kept: [[Int]]
    /// Bits.
    let entropy: Double
    /// Of the first kept ids.
    let after: [Double]
    let counts_only: Bool?

    var keptIDs: [Int] { kept.flatMap { Array($0[0]..<$0[1]) } }
    var name: String {
      let words = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
      return "\(logits) \(words.joined(separator: " ")) after \(history ?? [])"
    }
  }

  /// A number, or a word such as "inf" or an order.
  struct Value: Decodable, Sendable {
    let text: String
    var number: Double { Double(text) ?? .nan }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        let digits = "\(number)"
        text = digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
      } else {
        text = try container.decode(String.self)
      }
    }
  }

  static let shared = Result { try load() }

  private static func load() throws -> SamplerFixture {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
      path: "Fixtures/sampler.json")
    return try JSONDecoder().decode(SamplerFixture.self, from: Data(contentsOf: file))
  }

  func values(of row: Row) -> [Float] { (logits[row.logits] ?? []).map { Float($0 ?? -.infinity) } }
}

extension SamplerFixture.Row {
  /// Nil when the fixture names a setting that the package does not know.
  var samplingSettings: SamplingSettings? {
    var result = SamplingSettings()
    for (name, value) in settings {
      if name == "order" {
        guard let order = ChainOrder(rawValue: value.text) else { return nil }
        result.order = order
        continue
      }
      guard KnobDescription.all.first(where: { $0.name == name })?.set(value.text, in: &result) == true else {
        return nil
      }
    }
    return result
  }
}

extension SamplingSettings {
  /// Sets the knob of a step to any number, also one outside its range.
  mutating func set(_ step: StepName, to value: Double) {
    switch step.knobs.first?.property {
    case .number(let path): self[keyPath: path] = value
    case .count(let path): self[keyPath: path] = Int(value)
    case .word, nil: preconditionFailure("\(step.title) has no knob")
    }
  }
}

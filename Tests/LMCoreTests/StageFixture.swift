import Foundation

@testable import LMCore

/// What llama.cpp's samplers do, written by Scripts/make_stage_fixtures.py.
struct StageFixture: Decodable, Sendable {
  let top_n_sigma, xtc, penalties, dynatemp, typical, dry, default_chain, chain: [Row]
  let mirostat_1, mirostat_2, adaptive_p: [Sequence]

  struct Row: Decodable, Sendable {
    /// null stands for minus infinity.
    let logits: [Double?]
    let settings: [String: SamplerFixture.Value]
    let ids: [Int]?
    let breakers: [[Int]]?
    /// XTC's random number.
    let chance: Double?
    /// In order of ids.
    let kept: [Int]
    let after: [Double]
    /// The sort decided which of tied tokens stay.
    let counts_only: Bool?
    /// Seeds of llama.cpp's generator, and the token drawn with each.
    let seeds: [UInt32]?
    let tokens: [Int]?
  }

  /// Decisions of one text, each with the token that llama.cpp drew.
  struct Sequence: Decodable, Sendable {
    let settings: [String: SamplerFixture.Value]
    let steps: [Step]

    struct Step: Decodable, Sendable {
      let logits: [Double]
      let kept: [Int]?
      let after: [Double]?
      let token: Int
      /// Mirostat's memory behind the step.
      let mu: Double?
    }
  }

  static let shared = Result { try load() }

  private static func load() throws -> StageFixture {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
      path: "Fixtures/stages.json")
    return try JSONDecoder().decode(StageFixture.self, from: Data(contentsOf: file))
  }

  /// The settings in llama.cpp's order; nil where one has no knob.
  static func settings(
    _ values: [String: SamplerFixture.Value], _ start: SamplingSettings = SamplingSettings()
  ) -> SamplingSettings? {
    var settings = start
    settings.order = .llamaCpp
    for (name, value) in values where name != "seed" {
      let knob = KnobDescription.all.first { $0.name == name }
      guard knob?.set(value.text, in: &settings) == true else { return nil }
    }
    return settings
  }
}

extension StageFixture.Row {
  var values: [Float] { logits.map { Float($0 ?? -.infinity) } }

  var context: ChainContext {
    ChainContext(
      history: ids ?? [], chances: chance.map { [.xtc: $0] } ?? [:],
      breakers: SequenceBreakers(breakers ?? []))
  }
}

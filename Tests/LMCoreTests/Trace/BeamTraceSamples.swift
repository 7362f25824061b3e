import LMCore
import ModelTestSupport

/// Beam searches worth recording, on the made-up model.
enum BeamTraceSamples {
  struct Sample {
    let name: String
    let settings: BeamSettings
    let ends: Set<Int>
    let limit: Int
  }

  /// Every way to search: with ends, with penalties, drawn, in groups, with each rule to stop.
  static let all: [Sample] = [
    Sample(name: "plain", settings: BeamSettings(width: 4), ends: [], limit: 8),
    Sample(name: "one beam", settings: BeamSettings(width: 1), ends: [3], limit: 8),
    Sample(
      name: "ends", settings: BeamSettings(width: 3, lengthPenalty: -0.5), ends: Set(0..<12), limit: 20),
    Sample(
      name: "never", settings: BeamSettings(width: 3, lengthPenalty: 0.6, earlyStopping: .never),
      ends: Set(0..<9), limit: 12),
    Sample(
      name: "immediate", settings: BeamSettings(width: 2, earlyStopping: .immediate), ends: Set(0..<15),
      limit: 12),
    Sample(
      name: "penalties",
      settings: BeamSettings(
        width: 4, sampling: .with { ($0.repetitionPenalty, $0.presencePenalty) = (1.7, 0.3) }), ends: [3],
      limit: 8),
    Sample(
      name: "groups",
      settings: BeamSettings(
        width: 4, sampling: .with { $0.repetitionPenalty = 1.3 }, choice: .diverse, groups: 2, diversity: 0.8),
      ends: Set(0..<9), limit: 12),
    Sample(
      name: "equal groups",
      settings: BeamSettings(width: 4, choice: .diverse, groups: 4, diversity: 1e-6), ends: Set(0..<20),
      limit: 6),
    Sample(
      name: "drawn",
      settings: BeamSettings(
        width: 3, sampling: .with { ($0.topP, $0.temperature) = (0.9, 0.8) }, choice: .sampled, seed: .max),
      ends: Set(0..<5), limit: 8),
    Sample(
      name: "stochastic", settings: BeamSettings(width: 4, choice: .stochastic, seed: 7), ends: Set(0..<8),
      limit: 10),
    Sample(
      name: "steep",
      settings: BeamSettings(width: 3, lengthPenalty: -900), ends: Set(0..<12), limit: 6),
  ]

  static func run(_ sample: Sample, steps: Int = .max) throws -> BeamRun {
    let run = try BeamRun(
      FakePredictor(), promptIDs: [3, 1, 4], settings: sample.settings, limit: sample.limit,
      endOfText: sample.ends)
    for _ in 0..<min(steps, 100) {
      guard try run.advance() != nil else { break }
    }
    return run
  }

  static func trace(of run: BeamRun) -> BeamTrace {
    run.trace(of: FakePredictor().profile, promptBytes: nil, tokenizer: nil)
  }

  static func read(_ text: String) throws -> BeamTrace {
    guard case .beams(let trace) = try TraceContent(parsing: Array(text.utf8)) else {
      throw TraceError.empty(type: "beam")
    }
    return trace
  }
}

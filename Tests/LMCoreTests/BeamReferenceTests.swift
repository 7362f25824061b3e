import Foundation
import ModelTestSupport
import Testing

@testable import LMCore

extension [Continuation] {
  /// The continuations of a beam by the ln p of each id, best first.
  init(_ logProbabilities: [Double]) {
    self = logProbabilities.enumerated().map { Continuation(id: $0.offset, ownLogProbability: $0.element) }
      .sorted { (-$0.logProbability, $0.id) < (-$1.logProbability, $1.id) }
  }
}

/// A search of `generate` of transformers, step by step, as make_beam_fixtures.py and make_group_beam_fixtures.py write it.
struct BeamFixture {
  let model: String
  private let prompt: [Int]
  private let settings: BeamSettings
  private let length: Int
  private let ends: Set<Int>
  /// Each survivor as its group, its parent's place in the row before, its token and its sum.
  private let steps: [[(group: Int, parent: Int, id: Int, sum: Double)]]
  private let count: Int
  private let sequences: [(ids: [Int], score: Double)]

  private init(_ json: JSON) throws {
    func number(_ json: JSON?) throws -> Double { try #require(json?.double) }
    func ids(_ json: JSON?) throws -> [Int] { try #require(json?.array).compactMap(\.int) }
    (model, prompt) = (try #require(json["model"]?.string), try ids(json["prompt"]))
    length = try #require(json["length"]?.int)
    ends = Set(try ids(json["ends"]))
    count = try #require(json["count"]?.int)
    var sampling = SamplingSettings()
    for member in json["settings"]?.members ?? [] {
      let value = try number(member.value)
      switch member.name {
      case "repetition_penalty": sampling.repetitionPenalty = value
      case "no_repeat_ngram_size": sampling.noRepeatNgram = Int(value)
      case "temperature": sampling.temperature = value
      case "top_k": sampling.topK = Int(value)
      case "top_p": sampling.topP = value
      case "min_p": sampling.minP = value
      case "typical_p": sampling.typicalP = value
      case "epsilon_cutoff": sampling.epsilon = value
      case "eta_cutoff": sampling.eta = value
      default: Issue.record("unknown setting \(member.name)")
      }
    }
    var settings = BeamSettings(
      width: try #require(json["beams"]?.int), lengthPenalty: try number(json["penalty"]),
      earlyStopping: try #require(json["early"]?.string.flatMap(BeamSettings.EarlyStopping.init)),
      sampling: sampling, choice: json["seed"]?.int == nil ? .best : .sampled,
      seed: UInt64(json["seed"]?.int ?? 0))
    if let groups = json["groups"]?.int {
      (settings.choice, settings.groups) = (.diverse, groups)
      settings.diversity = try number(json["diversity"])
    }
    self.settings = settings
    steps = try #require(json["steps"]?.array).map { row in
      try #require(row.array).map { survivor in
        let values = try #require(survivor.array)
        let group = values.count > 3 ? try #require(values[0].int) : 0
        let rest = values.suffix(3).map { $0 }
        return (group, try #require(rest[0].int), try #require(rest[1].int), try number(rest[2]))
      }
    }
    sequences = try #require(json["sequences"]?.array).map { sequence in
      let values = try #require(sequence.array)
      return (try ids(values[0]), try number(values[1]))
    }
  }

  static func all(in file: String) throws -> [BeamFixture] {
    let file = ReferenceModel.fixtures.appending(path: file)
    return try #require(JSON(parsing: Array(try Data(contentsOf: file))).array).map { try BeamFixture($0) }
  }

  static func predictor(_ name: String) throws -> LocalPredictor {
    if name == "storyteller" { return try LoadedModel.load(.builtIn).requireLocal() }
    let models = ReferenceModel.all + ReferenceModel.families
    return LocalPredictor(try #require(models.first { $0.name == name }).load(threads: 2))
  }

  private struct Text: Hashable {
    var group = 0
    var ids: [Int] = []
  }

  /// Expects the same search on the model: survivors and sums of every step, results and scores.
  func check(on predictor: LocalPredictor) throws -> BeamRun {
    let what: Comment = "\(model) \(prompt) \(settings) length \(length) ends \(ends.sorted())"
    let run = try BeamRun(predictor, promptIDs: prompt, settings: settings, limit: length, endOfText: ends)
    while try run.advance() != nil {}
    #expect(run.depth == count, what)
    var texts: [Text] = []
    for (step, survivors) in zip(run.steps, steps) {
      texts = survivors.map { survivor in
        Text(
          group: survivor.group, ids: (texts.isEmpty ? [] : texts[survivor.parent].ids) + [survivor.id])
      }
      let own = Dictionary(
        uniqueKeysWithValues: step.live.map { (Text(group: $0.group, ids: $0.ids), $0.sum) })
      #expect(Set(own.keys) == Set(texts), what)
      for (text, survivor) in zip(texts, survivors) {
        #expect(abs(own[text, default: .infinity] - survivor.sum) < 1e-4, what)
      }
    }
    let finished = run.search.finished
    #expect(finished.map(\.hypothesis.ids) == sequences.map(\.ids), what)
    for (own, expected) in zip(finished, sequences) {
      #expect(abs(own.score - expected.score) < 1e-4 * max(1, abs(expected.score)), what)
      #expect(own.isEnded == own.hypothesis.ids.last.map(ends.contains), what)
    }
    return run
  }
}

/// Against Scripts/make_beam_fixtures.py and Scripts/make_group_beam_fixtures.py.
@Suite struct BeamReferenceTests {
  @Test(arguments: [("beams.json", 150), ("group-beams.json", 100)])
  func everyStepIsThatOfTransformers(file: String, count: Int) throws {
    let cases = try BeamFixture.all(in: file)
    #expect(cases.count > count)
    var stops: Set<String> = []
    for (name, cases) in Dictionary(grouping: cases, by: \.model) {
      let predictor = try BeamFixture.predictor(name)
      for row in cases { stops.insert(try row.check(on: predictor).search.stop?.rawValue ?? "") }
      #expect(predictor.textsInUse == 0)
    }
    // The fixture would say nothing of what does not occur in it.
    #expect(stops == ["all-finished", "no-better", "length"])
  }
}

import Foundation
import ModelTestSupport
import Testing

@testable import LMCore

/// Contrastive search: against Scripts/make_contrastive_fixtures.py, and its rules on made-up numbers.
@Suite struct ContrastiveSearchTests {
  private struct Case {
    let model: String
    let prompt: [Int]
    let settings: ContrastiveSettings
    let ends: Set<Int>
    let ids: [Int]
    let steps: [(probabilities: [Double], similarity: [Double], place: Int)]

    init(_ json: JSON) throws {
      func ids(_ json: JSON?) throws -> [Int] { try #require(json?.array).compactMap(\.int) }
      func numbers(_ json: JSON) throws -> [Double] { try #require(json.array).compactMap(\.double) }
      (model, prompt) = (try #require(json["model"]?.string), try ids(json["prompt"]))
      (ends, self.ids) = (Set(try ids(json["ends"])), try ids(json["ids"]))
      var sampling = SamplingSettings()
      if let penalty = json["settings"]?["repetition_penalty"]?.double {
        sampling.repetitionPenalty = penalty
      }
      if let size = json["settings"]?["no_repeat_ngram_size"]?.int { sampling.noRepeatNgram = size }
      settings = ContrastiveSettings(
        candidateCount: try #require(json["k"]?.int), alpha: try #require(json["alpha"]?.double),
        sampling: sampling)
      steps = try #require(json["steps"]?.array).map { step in
        let values = try #require(step.array)
        return (try numbers(values[0]), try numbers(values[1]), try #require(values[2].int))
      }
    }
  }

  @Test func everyStepIsThatOfTransformers() throws {
    let file = ReferenceModel.fixtures.appending(path: "contrastive.json")
    let cases = try #require(JSON(parsing: Array(try Data(contentsOf: file))).array).map { try Case($0) }
    #expect(cases.count > 50)
    var turned = 0
    for (name, cases) in Dictionary(grouping: cases, by: \.model) {
      let predictor = try BeamFixture.predictor(name)
      for row in cases {
        let what: Comment =
          "\(name) \(row.prompt) k \(row.settings.candidateCount) alpha \(row.settings.alpha)"
        let run = try ContrastiveRun(predictor, promptIDs: row.prompt, settings: row.settings)
        for (index, expected) in row.steps.enumerated() {
          let (step, decision) = try run.advance()
          let contrast = try #require(step.contrast)
          #expect(
            step.id == row.ids[index] && contrast.id == step.id && contrast.place == expected.place, what)
          #expect(step.isForced && step.before == decision.distribution.row(of: step.id)?.before)
          #expect(contrast.candidates.count == expected.probabilities.count, what)
          for (own, (p, similarity)) in zip(
            contrast.candidates, zip(expected.probabilities, expected.similarity))
          {
            #expect(abs(own.probability - p) < 1e-5 && abs(own.similarity - similarity) < 1e-4, what)
          }
          turned += contrast.place > 0 ? 1 : 0
        }
        #expect(row.steps.count == row.ids.count && row.ids.dropLast().allSatisfy { !row.ends.contains($0) })
      }
      #expect(predictor.textsInUse == 0)
    }
    #expect(turned > 100)
  }

  private func search(_ alpha: Double, k: Int = 2) throws -> ContrastiveSearch {
    try ContrastiveSearch(
      ContrastiveSettings(candidateCount: k, alpha: alpha), promptIDs: [0], states: [[3, 0]], breakers: .none)
  }

  /// The likelier token points where the text does: from some weight on the other is taken.
  @Test(arguments: [(0.0, 0), (0.25, 0), (0.5, 1), (1.0, 1)])
  func theWeightDecides(alpha: Double, place: Int) throws {
    var search = try search(alpha)
    let step = search.choose(among: [(5, 0.75), (6, 0.25)], states: [[2, 0], [0, 7]])
    #expect(step.candidates.map(\.similarity) == [1, 0])
    #expect(step.candidates[0].score == (1 - alpha) * 0.75 - alpha)
    #expect(step.place == place && step.id == [5, 6][place])
  }

  /// What was chosen is a part of the text; ties go to the likelier token, and a state of zeros is like nothing.
  @Test func theTextGrows() throws {
    var search = try search(1)
    _ = search.choose(among: [(5, 0.5), (6, 0.4)], states: [[1, 0], [0, 1]])
    let step = search.choose(among: [(7, 0.5), (8, 0.4)], states: [[0, 2], [0, 1]])
    #expect(step.candidates.map(\.similarity) == [1, 1] && step.place == 0)
    let last = search.choose(among: [(7, 0.5), (8, 0.4)], states: [[0, 2], [0, 0]])
    #expect(last.candidates[1].similarity == 0 && last.place == 1)
  }

  @Test func probabilitiesAreThoseOfTheWholeVocabulary() throws {
    let belief = try Belief([0, 2, 1, 2])
    let rows = try search(0.5, k: 3).candidates(of: belief, behind: [])
    let total = 1 + 2 * exp(2.0) + exp(1.0)
    #expect(rows.map(\.id) == [1, 3, 2])
    for (row, logit) in zip(rows, [2.0, 2, 1]) { #expect(abs(row.probability - exp(logit) / total) < 1e-12) }
  }

  @Test func whatHasNoPartIsSaid() throws {
    func check(_ settings: ContrastiveSettings) throws { try settings.validate() }
    for (sampling, step) in [
      (SamplingSettings.with { $0.topP = 0.9 }, StepName.topP), (.with { $0.temperature = 0 }, .temperature),
      (.with { $0.mirostat = 2 }, .mirostat), (.with { $0.minP = 0.1 }, .minP),
    ] {
      #expect(throws: SamplingError.stepNeedsDraw(step)) {
        try check(ContrastiveSettings(sampling: sampling))
      }
    }
    for settings in [
      ContrastiveSettings(candidateCount: 0), ContrastiveSettings(candidateCount: 65),
      ContrastiveSettings(alpha: -0.1), ContrastiveSettings(alpha: 1.1), ContrastiveSettings(alpha: .nan),
    ] {
      #expect(throws: SamplingError.self) { try check(settings) }
    }
    try check(ContrastiveSettings(sampling: .with { ($0.repetitionPenalty, $0.dryMultiplier) = (1.2, 0.8) }))
  }

  /// The place that a candidate is said to be most like is the first with that cosine.
  @Test func theMostSimilarPlaceIsTold() throws {
    let source = FakeStateSource()
    let run = try ContrastiveRun(
      source, promptIDs: [3, 1, 4], settings: ContrastiveSettings(candidateCount: 6))
    for _ in 0..<12 {
      let text = run.promptIDs + run.steps.map(\.id)
      for row in try run.nextStep().candidates {
        let states = try source.hiddenStates(of: text + [row.id])
        let cosines = states.dropLast().map { Self.cosine($0, states[text.count]) }
        #expect(abs(row.similarity - (cosines.max() ?? 0)) < 1e-6)
        #expect(abs(cosines[row.nearest] - row.similarity) < 1e-6)
        #expect(cosines[..<row.nearest].allSatisfy { $0 < row.similarity })
      }
      try run.advance()
    }
    var search = try search(0.5)
    search.append([5, 0])
    #expect(search.likeness(of: [1, 0]) == Likeness(similarity: 1, position: 0))
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
    func product(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  /// Back, forward and jumps ask the model nothing; other settings ask it for what was not tried, and leave the text up to there.
  @Test func earlierStepsAreAMoveAway() throws {
    let (source, settings) = (FakeStateSource(), ContrastiveSettings(candidateCount: 4, alpha: 0.3))
    let run = try ContrastiveRun(source, promptIDs: [3, 1, 4], settings: settings)
    for _ in 0..<8 { try run.advance() }
    let (steps, choices, asked) = (run.steps, Array(run.choices), source.steppedTexts)
    run.jump(toDepth: 0)
    #expect(run.depth == 0 && !run.back() && run.nextMade == choices[0])
    for step in 0..<8 { #expect(try run.advance().step.contrast == choices[step]) }
    run.back()
    run.jump(toDepth: .max)
    #expect(run.steps == steps && source.steppedTexts == asked)
    run.jump(toDepth: 5)
    try run.set(candidateCount: 3, alpha: 0.9)
    #expect(run.depth == 5 && source.textsInUse == 4)
    for _ in 0..<4 { try run.advance() }
    run.jump(toDepth: .max)
    #expect(run.depth == 9 && Array(run.steps.prefix(5)) == Array(steps.prefix(5)))
    // The same text and the same settings decide the same.
    let other = try ContrastiveRun(FakeStateSource(), promptIDs: [3, 1, 4], settings: settings)
    for _ in 0..<5 { try other.advance() }
    try other.set(candidateCount: 3, alpha: 0.9)
    for _ in 0..<4 { try other.advance() }
    #expect(other.steps == run.steps && other.choices == run.choices)
    #expect(throws: SamplingError.self) { try run.set(candidateCount: 0, alpha: 0.5) }
    #expect(throws: PredictorError.cancelled) { try run.nextStep { true } }
    #expect(run.settings.candidateCount == 3 && run.depth == 9)
    try run.advance()
    #expect(run.depth == 10)
  }

  /// Of a text's settings only penalties and bans have a part.
  @Test func whatShapesDrawsIsLeftOut() throws {
    let all = SamplingSettings.with {
      ($0.temperature, $0.topK, $0.topP, $0.mirostat, $0.knownOnly) = (0.5, 9, 0.5, 2, true)
      ($0.repetitionPenalty, $0.noRepeatNgram, $0.dryMultiplier) = (1.3, 3, 0.8)
    }
    let settings = ContrastiveSettings(candidateCount: 7, alpha: 0.2, penaltiesOf: all)
    try settings.validate()
    #expect(settings.candidateCount == 7 && settings.alpha == 0.2)
    let left = settings.sampling
    #expect((left.repetitionPenalty, left.noRepeatNgram, left.dryMultiplier) == (1.3, 3, 0.8))
    #expect((left.temperature, left.topK, left.topP, left.mirostat, left.knownOnly) == (1, 0, 1, 0, false))
  }

  /// A source that tells no hidden states is refused, in a run and in a study.
  @Test func hiddenStatesAreNeeded() throws {
    let predictor = FakePredictor()
    #expect(throws: PredictorError.lacks(.hiddenStates)) {
      try ContrastiveRun(predictor, promptIDs: [1], settings: ContrastiveSettings())
    }
    let plan = try StudyPlan(
      [.init(name: "contrastive", method: .contrastive(ContrastiveSettings()))], prompts: [[1]],
      tokenCount: 4,
      seed: 1, for: predictor.profile)
    #expect(throws: PredictorError.lacks(.hiddenStates)) { try Study(plan, predictor, nil, width: 4).run() }
    #expect(predictor.textsInUse == 0)
  }

  /// The last token is read as well, since it is tried.
  @Test func theContextEndsTheText() throws {
    let model = try #require(ReferenceModel.all.first { $0.name == "plain" })
    let predictor = LocalPredictor(try model.load(threads: 1))
    let limit = predictor.profile.contextLength
    let run = try ContrastiveRun(
      predictor, promptIDs: Array(1..<limit - 1), settings: ContrastiveSettings(candidateCount: 2))
    #expect(!run.isContextFull)
    _ = try run.advance()
    _ = try run.advance()
    #expect(run.isContextFull)
    let strategy = StudyPlan.Strategy(name: "c", method: .contrastive(ContrastiveSettings()))
    #expect(throws: StudyError.self) {
      try StudyPlan([strategy], prompts: [[1]], tokenCount: limit, seed: 1, for: predictor.profile)
    }
    _ = try StudyPlan([strategy], prompts: [[1]], tokenCount: limit - 1, seed: 1, for: predictor.profile)
  }

  @Test(arguments: [
    ("contrastive 4", ContrastiveSettings()),
    (
      "contrastive 8, alpha 0.25, repetition-penalty 1.5",
      ContrastiveSettings(candidateCount: 8, alpha: 0.25, sampling: .with { $0.repetitionPenalty = 1.5 })
    ),
  ])
  func strategiesAreDescribed(text: String, settings: ContrastiveSettings) throws {
    #expect(try DecodingMethod(described: text) == .contrastive(settings))
  }

  @Test(arguments: [
    "contrastive", "contrastive 0", "contrastive 65", "contrastive four", "contrastive 4, alpha 2",
    "contrastive 4, alpha", "contrastive 4, top-p 0.9", "contrastive 4, greedy", "contrastive 4, groups 2",
  ])
  func wrongStrategiesAreRefused(text: String) {
    #expect(throws: SamplingError.self) { try DecodingMethod(described: text) }
  }
}

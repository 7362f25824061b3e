import ModelTestSupport
import Testing

@testable import LMCore

/// The rules, on made-up numbers.
@Suite struct BeamSearchTests {
  private func continuations(_ rows: [[Double]]) -> [[Continuation]] { rows.map { [Continuation]($0) } }

  private func search(
    _ width: Int, penalty: Double = 0, _ early: BeamSettings.EarlyStopping = .heuristic, limit: Int = 9,
    ends: Set<Int> = []
  ) -> BeamSearch {
    BeamSearch(
      BeamSettings(width: width, lengthPenalty: penalty, earlyStopping: early), limit: limit, endOfText: ends)
  }

  @Test func tiesGoToTheEarlierBeamThenToTheLowerID() {
    var search = search(2)
    let first = search.advance(continuations([[-1, -1, -1, -3]]))
    #expect(first.live.map(\.ids) == [[0], [1]])
    let second = search.advance(continuations([[-3, -1, -3, -3], [-1, -1, -3, -3]]))
    #expect(second.live.map(\.ids) == [[0, 1], [1, 0]])
    #expect(second.candidates.map(\.rank) == [1, 2, 3, 4])
    #expect(second.survivors(of: 0) == 1)
  }

  @Test func everyFateOccurs() {
    // Token 3 ends. Two beams: of ranks 1 and 2 an end is kept, of a lower one it is lost.
    var search = search(2, ends: [3])
    var step = search.advance(continuations([[-1, -2, -9, -0.5]]))
    #expect(step.candidates.map(\.id) == [3, 0, 1, 2])
    #expect(
      step.candidates.map(\.fate) == [.finished(score: -0.5), .lives(place: 0), .lives(place: 1), .cut])
    step = search.advance(continuations([[-1, -2, -9, -3], [-0.5, -4, -5, -0.6]]))
    // Sums: beam 0 has -2 -3 -10 -4, beam 1 has -2.5 -6 -7 -2.6.
    #expect(step.candidates.map(\.sum) == [-2, -2.5, -2.6, -3])
    #expect(step.candidates.map(\.fate) == [.lives(place: 0), .lives(place: 1), .endedTooLow, .cut])
    #expect(step.worstFinishedScore == nil && step.bestPossibleScore == -2)
    step = search.advance(continuations([[-5, -5, -5, -0.1], [-5, -5, -5, -0.2]]))
    #expect(step.candidates[1].fate == .finishedBelowOthers(score: -2.7))
    #expect(step.finished.map(\.score) == [-0.5, -2.1])
    #expect(step.stop == .noBetter)
  }

  /// A beam whose continuations all rank below those that are looked at is shown with its best one.
  @Test func aDyingBeamIsShownWithItsBest() throws {
    var search = search(2)
    _ = search.advance(continuations([[-1, -2, -30, -30, -30]]))
    let step = search.advance(continuations([[-1, -1, -1, -1, -1], [-9, -8, -9, -9, -9]]))
    let last = try #require(step.candidates.last)
    #expect(step.candidates.count == 5)
    #expect((last.parent, last.id, last.rank) == (1, 1, 6))
    #expect(last.fate == .cut && step.survivors(of: 1) == 0)
  }

  @Test(arguments: [
    (BeamSettings.EarlyStopping.immediate, 1.0, 1, BeamStep.Stop.allFinished),
    (.heuristic, 1.0, 1, .noBetter), (.never, 1.0, 9, .length), (.never, 0.0, 1, .noBetter),
    (.never, -1.0, 1, .noBetter),
  ])
  func theThreeModesStop(
    mode: BeamSettings.EarlyStopping, penalty: Double, depth: Int, stop: BeamStep.Stop
  ) {
    // One beam: a text of one token scores -0.6, what goes on has -0.7 and then -0.5 a token.
    var search = search(1, penalty: penalty, mode, ends: [1])
    while search.stop == nil {
      _ = search.advance(continuations(search.depth == 0 ? [[-0.7, -0.6]] : [[-0.5, -9]]))
    }
    #expect((search.depth, search.stop) == (depth, stop))
  }

  @Test func whatCannotBeSearchedIsSaid() throws {
    let predictor = FakePredictor()
    func run(_ settings: BeamSettings, prompt: [Int] = [1], limit: Int = 4) throws -> BeamRun {
      try BeamRun(predictor, promptIDs: prompt, settings: settings, limit: limit, endOfText: [])
    }
    #expect(throws: BeamError.emptyPrompt) { try run(BeamSettings(), prompt: []) }
    #expect(throws: BeamError.width(0)) { try run(BeamSettings(width: 0)) }
    #expect(throws: BeamError.lengthPenalty) { try run(BeamSettings(lengthPenalty: .nan)) }
    for groups in [0, 1, 4, 12] {
      #expect(throws: BeamError.groups(groups, width: 6)) {
        try run(BeamSettings(width: 6, choice: .diverse, groups: groups))
      }
    }
    for diversity in [0, -1, Double.nan, .infinity] {
      #expect(throws: BeamError.diversity) {
        try run(BeamSettings(width: 6, choice: .diverse, groups: 3, diversity: diversity))
      }
    }
    #expect(throws: BeamError.textTooLong(tokens: 3, limit: 63, context: 64)) {
      try run(BeamSettings(), prompt: [1, 2, 3], limit: 63)
    }
    #expect(throws: SamplingError.stepNeedsOneText(.mirostat)) {
      try run(BeamSettings(sampling: .with { $0.mirostat = 2 }, choice: .sampled))
    }
    #expect(predictor.textsInUse == 0)
    #expect(throws: BeamError.width(0)) { try DecodingMethod.beams(BeamSettings(width: 0)).validate() }
    #expect(throws: BeamError.width(65)) { try DecodingMethod.beams(BeamSettings(width: 65)).validate() }
  }

  /// Whose numbers a seed means says nothing where nothing is drawn.
  @Test func aSeedRuleMattersWhereSomethingIsDrawn() throws {
    func run(_ choice: BeamSettings.Choice, _ rule: SeedRule) throws -> BeamRun {
      let settings = BeamSettings(width: 2, sampling: .with { $0.seedLike = rule }, choice: choice)
      let run = try BeamRun(FakePredictor(), promptIDs: [1], settings: settings, limit: 4, endOfText: [])
      while try run.advance() != nil {}
      return run
    }
    #expect(try run(.best, .llamaCpp).search.finished == run(.best, .own).search.finished)
    for choice in [BeamSettings.Choice.sampled, .stochastic] {
      #expect(throws: SamplingError.seedRuleNeedsOneText) { try run(choice, .llamaCpp) }
    }
  }

  @Test func movesGiveTheSameStepsAgain() throws {
    let predictor = FakePredictor()
    let settings = BeamSettings(width: 4, sampling: .with { $0.temperature = 1.4 }, choice: .sampled, seed: 5)
    func run() throws -> BeamRun {
      try BeamRun(predictor, promptIDs: [1, 2], settings: settings, limit: 12, endOfText: [3])
    }
    let straight = try run()
    while try straight.advance() != nil {}
    let other = try run()
    var source = RandomSource(seed: 3)
    for _ in 0..<200 {
      if source.next() % 3 == 0 { other.back() } else { try other.advance() }
      #expect(other.steps.map(\.live) == straight.steps.prefix(other.depth).map(\.live))
    }
    while try other.advance() != nil {}
    #expect(other.search.finished == straight.search.finished)
    #expect(other.madeCount == straight.madeCount)
  }

  /// Another length penalty or rule to stop asks the model for no step that it was asked for.
  @Test(arguments: [BeamSettings.Choice.best, .sampled, .stochastic])
  func penaltiesAskForNothingAgain(choice: BeamSettings.Choice) throws {
    let predictor = FakePredictor()
    var settings = BeamSettings(width: 4, earlyStopping: .never, choice: choice, seed: 5)
    func fresh() throws -> BeamRun {
      try BeamRun(predictor, promptIDs: [1, 2], settings: settings, limit: 12, endOfText: [3, 9])
    }
    var run = try fresh()
    while try run.advance() != nil {}
    for (penalty, rule) in [(0.0, BeamSettings.EarlyStopping.immediate), (-1, .heuristic), (2, .never)] {
      (settings.lengthPenalty, settings.earlyStopping) = (penalty, rule)
      let asked = predictor.stepCalls + predictor.promptCalls
      let depth = run.depth
      run = try #require(try run.again(with: settings))
      #expect(run.depth == 0 && run.search.settings == settings)
      while run.depth < depth, try run.advance() != nil {}
      #expect(predictor.stepCalls + predictor.promptCalls == asked)
      while try run.advance() != nil {}
      let expected = try fresh()
      while try expected.advance() != nil {}
      #expect(run.search.finished == expected.search.finished && run.depth == expected.depth)
    }
    settings.width = 6
    #expect(try run.again(with: settings) == nil)
    settings.width = 4
    settings.lengthPenalty = .nan
    #expect(throws: BeamError.lengthPenalty) { try run.again(with: settings) }
  }

  /// The number of texts found with another seed: beams that are drawn differ from the best ones.
  @Test func seedsDrawOtherBeams() throws {
    let predictor = FakePredictor()
    let texts = try Set(
      (0..<8 as Range<UInt64>).map { seed in
        let run = try BeamRun(
          predictor, promptIDs: [1], settings: BeamSettings(width: 2, choice: .sampled, seed: seed), limit: 5,
          endOfText: [])
        while try run.advance() != nil {}
        return run.search.finished.map(\.hypothesis.ids)
      })
    #expect(texts.count == 8)
  }

  /// The noise has the distribution of Gumbel's law: its mean is Euler's constant, its variance π² / 6.
  @Test func theNoiseIsGumbels() {
    let noise = GumbelNoise(seed: 1, depth: 3, beam: 2, vocabularySize: 50_000)
    let values = (0..<50_000).map { noise[$0] }
    let mean = values.reduce(0, +) / 50_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 50_000
    #expect(abs(mean - 0.5772) < 0.02 && abs(variance - 1.6449) < 0.05)
  }
}

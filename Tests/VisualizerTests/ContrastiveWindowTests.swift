import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// Contrastive search on the screen.
@Suite struct ContrastiveWindowTests {
  private static let prompt = [3, 1, 4]

  private func opened(
    _ settings: ContrastiveSettings = ContrastiveSettings(), steps: Int = 0, context: Int = 64,
    of sampling: SamplingSettings = SamplingSettings(), size: Size = Size(columns: 110, rows: 34)
  ) -> (app: AppHarness, source: FakeStateSource) {
    let source = FakeStateSource(contextLength: context)
    var state = AppState(
      size: size, modelName: "fake", prompt: .ids(Self.prompt), settings: [sampling], seed: 42)
    state.contrastiveSettings = settings
    var app = AppHarness(state, running: source, tokenizer: nil)
    app.press(.character("A"))
    for _ in 0..<steps { app.press(.right) }
    return (app, source)
  }

  /// The same search without a screen.
  private func run(
    _ settings: ContrastiveSettings = ContrastiveSettings(), steps: Int = 0
  ) throws -> ContrastiveRun {
    let run = try ContrastiveRun(FakeStateSource(), promptIDs: Self.prompt, settings: settings)
    for _ in 0..<steps { try run.advance() }
    return run
  }

  private func search(_ app: AppHarness) throws -> ContrastiveSnapshot { try #require(app.state.contrastive) }

  @Test(arguments: [Size(columns: 80, rows: 24), Size(columns: 110, rows: 34)])
  func itsHelpListsItsKeysAndLeavesTheSearch(size: Size) throws {
    var (app, _) = opened(steps: 2, size: size)
    app.press(.down)
    let (window, picture) = (app.state.searchWindow, app.picture)
    app.press(.character("?"))
    for words in ["lower, raise alpha", "look at another candidate", "go on with the text"] {
      #expect(app.picture.contains(words), "\(app.picture)")
    }
    #expect(!app.picture.contains("lower top-p"))
    let panel = try #require(PlainPanel(app.state, SpokenText(glyphs: .ascii)))
    #expect(panel.lines.first == "In the window of contrastive search (A):" && panel.lines.count == 13)
    app.press(.escape)
    #expect(app.state.overlay == window && app.picture == picture)
    app.press(.function(1), .interrupt)
    #expect(app.state.searchWindow == nil && app.state.contrastive == nil)
  }

  @Test func keysStepThroughTheSearch() throws {
    var (app, _) = opened()
    for depth in 0...6 {
      let own = try run(steps: depth)
      #expect(try search(app).steps == own.steps && search(app).places == own.choices.map(\.place))
      #expect(try search(app).next == own.nextStep())
      app.press(.right)
    }
    app.press(.left, .character("h"))
    #expect(try search(app).depth == 5 && search(app).next == run(steps: 5).nextStep())
    app.press(.home)
    #expect(try search(app).depth == 0 && search(app).next == run().nextStep())
    app.press(.end)
    #expect(try search(app).steps == run(steps: 7).steps)
    app.press(.escape)
    #expect(app.state.overlay == nil && app.state.contrastive == nil && app.lane.depth == 0)
    #expect(app.state.message == nil)
  }

  /// What the table shows are the search's own numbers.
  @Test(arguments: [(80, 24), (110, 34), (200, 50)], [1, 4, 64])
  func everySizeShowsTheStep(size: (Int, Int), count: Int) throws {
    let settings = ContrastiveSettings(candidateCount: count)
    let (app, _) = opened(settings, steps: 9, size: Size(columns: size.0, rows: size.1))
    let (text, step) = (app.picture, try run(settings, steps: 9).nextStep())
    #expect(try search(app).next == step && step.candidates.count == min(count, 40))
    let chosen = step.chosen
    let row = try #require(text.split(separator: "\n").first { $0.contains("◀") }, "\(text)")
    let ids = try search(app).textIDs
    for word in [
      "[\(chosen.id)]", NumberFormat.percent(chosen.probability),
      ContrastiveDescription.number(chosen.similarity),
      ContrastiveDescription.number(chosen.score), "[\(ids[chosen.nearest])] \(chosen.nearest + 1) ",
    ] {
      #expect(row.contains(word), "\(word)\n\(text)")
    }
    for word in [
      "Step 10: \(counted(step.candidates.count, "candidate"))", "score = 0.4 p - 0.6 similarity",
      "alpha 0.6, k \(count)", "step 9", "Greedy decoding", "repeated 4-grams",
    ] {
      #expect(text.contains(word), "\(word)\n\(text)")
    }
    let reason = ContrastiveDescription.reason(step) { "[\($0)]" }
    #expect(text.contains(reason), "\(reason)\n\(text)")
  }

  /// The step on screen is decided anew; what the model has tried is not read again.
  @Test func alphaAndKAreTurnedAtTheSamePlace() throws {
    var (app, source) = opened(steps: 5)
    let text = try search(app).textIDs
    let count = source.steppedTexts
    for alpha in [0.7, 0.8, 0.9, 1] {
      app.press(.character("P"))
      let step = try #require(try search(app).next)
      #expect(try search(app).settings.alpha == alpha && search(app).textIDs == text)
      #expect(
        step.candidates.map(\.score)
          == step.candidates.map { (1 - alpha) * $0.probability - alpha * $0.similarity })
      #expect(step.chosen.score == step.candidates.map(\.score).max())
    }
    app.press(.character("P"), .character("["))
    #expect(try search(app).settings.alpha == 1 && search(app).next?.candidates.count == 3)
    #expect(source.steppedTexts == count)
    app.press(.character("]"), .character("]"))
    #expect(try search(app).next?.candidates.count == 5 && source.steppedTexts == count + 1)
    for _ in 0..<70 { app.press(.character("[")) }
    #expect(try search(app).settings.candidateCount == 1)
    for _ in 0..<20 { app.press(.character("p")) }
    #expect(try search(app).settings.alpha == 0 && search(app).textIDs == text)
    app.press(.right)
    #expect(try search(app).textIDs.dropLast() == text[...])
  }

  /// What lies ahead was decided otherwise, and is given up.
  @Test func aTurnInThePastDecidesAnewFromThere() throws {
    var (app, _) = opened(steps: 6)
    let text = try search(app).textIDs
    app.press(.left, .left, .left, .character("P"), .left)
    #expect(app.picture.contains("earlier: score = 0.4 p - 0.6 similarity"), "\(app.picture)")
    app.press(.right, .character("P"), .end)
    #expect(try search(app).textIDs == text.dropLast(3))
    app.press(.right, .right, .left, .right, .right)
    let fresh = try run(steps: 3)
    try fresh.set(candidateCount: 4, alpha: 0.8)
    for _ in 0..<3 { try fresh.advance() }
    #expect(try search(app).steps == fresh.steps && search(app).next == fresh.nextStep())
  }

  /// Without weight it is greedy decoding, whose text stands beside it.
  @Test func greedyDecodingStandsBeside() throws {
    let sampling = SamplingSettings.with { ($0.repetitionPenalty, $0.topP) = (1.2, 0.5) }
    var (app, _) = opened(ContrastiveSettings(alpha: 0), steps: 20, of: sampling)
    let greedy = try GenerationSession(
      predictor: FakeStateSource(), promptIDs: Self.prompt,
      settings: .with { ($0.repetitionPenalty, $0.temperature) = (1.2, 0) }, seed: 1)
    for _ in 0..<20 { try greedy.advance() }
    let search = try search(app)
    #expect(search.settings.sampling == .with { $0.repetitionPenalty = 1.2 })
    #expect(search.steps.map(\.id) == greedy.steps.map(\.id))
    #expect(search.greedySteps.map(\.id) == greedy.steps.map(\.id))
    #expect(app.picture.contains("alpha 0, no weight on similarity"))
    app.press(.left, .left)
    #expect(try self.search(app).greedySteps.count == 18)
  }

  @Test func theTextIsTaken() throws {
    var (app, source) = opened(steps: 5)
    let ids = try search(app).steps.map(\.id)
    app.press(.left, .enter)
    #expect(app.state.overlay == nil && app.state.contrastive == nil)
    #expect(app.lane.steps.map(\.id) == ids.dropLast() && app.lane.steps.allSatisfy(\.isForced))
    #expect(source.textsInUse == 1)
    app.press(.character("A"))
    #expect(try search(app).promptIDs == Self.prompt + ids.dropLast())
  }

  @Test func aFullContextIsSaid() throws {
    var (app, _) = opened(steps: 20, context: 12)
    #expect(try search(app).textIDs.count == 12 && search(app).next == nil)
    #expect(
      app.picture.contains("the context of 12 positions is full: no token can be tried"), "\(app.picture)")
    #expect(app.state.notice == "the context is full; ← steps back" && app.state.message == nil)
    app.press(.left)
    #expect(try search(app).next != nil)
    app.press(.right, .enter)
    #expect(app.lane.textIDs.count == 12)
    app.press(.character("A"))
    #expect(
      app.state.overlay == nil && app.state.message?.contains("the context of 12 positions is full") == true)
  }

  /// The rows are looked at one by one, and the text shows what each is most like.
  @Test func rowsAreLookedAt() throws {
    var (app, _) = opened(
      ContrastiveSettings(candidateCount: 30), steps: 3, size: Size(columns: 80, rows: 24))
    for _ in 0..<40 { app.press(.down) }
    let step = try #require(try search(app).next)
    guard case .contrastive(let window) = app.state.overlay else { throw AppHarness.NoWindow() }
    #expect(window.row == 29 && app.picture.contains("30 [\(step.candidates[29].id)]"))
    app.press(.pageUp, .up, .right)
    guard case .contrastive(let next) = app.state.overlay else { throw AppHarness.NoWindow() }
    #expect(next.row == nil)
  }

  @Test func whatHasNoHiddenStatesIsRefused() {
    var app = AppHarness()
    app.press(.character("A"))
    #expect(app.state.overlay == nil)
    #expect(app.state.message == PredictorError.lacks(.hiddenStates).description)
    app.press(.right)
    #expect(app.lane.depth == 1)
  }

  @Test func plainModeTellsIt() throws {
    let (app, _) = opened(steps: 4)
    let lines = try #require(PlainPanel(app.state, SpokenText(glyphs: .blocks))).lines
    let step = try run(steps: 4).nextStep()
    #expect(lines.count { $0.hasPrefix("Candidate ") } == 4)
    let taken = try #require(lines.first { $0.contains(", taken") })
    for word in [
      "\"[\(step.id)]\"", NumberFormat.percent(step.chosen.probability),
      "similarity \(ContrastiveDescription.number(step.chosen.similarity))",
      "place \(step.chosen.nearest + 1)",
    ] { #expect(taken.contains(word), "\(taken)") }
    #expect(lines[0] == "Contrastive search: alpha 0.6, k 4, step 4.")
  }
}

extension AppHarness {
  /// No window is open.
  fileprivate struct NoWindow: Error {}
}

import LMCore
import Testing

@testable import Visualizer

@Suite struct PresetsTests {
  @Test func theListAppliesAStrategyByName() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    app.press(.character("o"), .character("v"))
    // The current strategy, pure sampling, is selected first.
    #expect(app.state.overlay == .presets(chosen: 1))
    app.press(.down, .down, .enter)
    #expect(app.state.overlay == nil)
    #expect(app.lane.settings.topK == 40)
    #expect(app.lane.settings.order == .llamaCpp)
    #expect(app.predictor.stepCalls == 0)
  }

  @Test func anExamplePromptStartsAText() {
    var app = AppHarness()
    app.press(.character("v"), .end)
    #expect(app.picture.contains("Peaked"))
    app.press(.enter)
    #expect(app.state.prompt == .text(ExamplePrompt.all[1].text))
  }

  @Test func otherKeysCloseIt() {
    var app = AppHarness()
    app.press(.character("v"), .escape)
    #expect(app.state.overlay == nil)
    app.press(.character("v"), .character("q"))
    #expect(app.state.overlay == nil)
    #expect(!app.effects.contains(.quit))
  }

  /// Long explanations are wrapped, not truncated, also in the smallest window.
  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func nothingIsCut(columns: Int, rows: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    app.press(.character("v"), .home)
    for preset in SamplingPreset.all {
      let words = app.picture.split { " \n│".contains($0) }
      let last = preset.explanation.split(separator: " ").last!
      #expect(words.contains(last) && words.contains { $0 == preset.name }, "\(preset.name)")
      app.press(.down)
    }
  }

  /// What was measured with the built-in model is not said of another.
  @Test func examplePromptsSayWhatTheyWereMeasuredWith() throws {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    app.press(.character("v"), .end)
    #expect(app.picture.contains("Peaked (measured with storyteller): one token"))
    app.state.card?.profile.source = .builtIn
    #expect(app.picture.contains("Peaked: one token"))
  }

  @Test func examplePromptsAreBroadAndPeaked() throws {
    let model = try LoadedModel.load(ModelLocator.resolve("storyteller"), threads: 1)
    let kept = try ExamplePrompt.all.map { prompt in
      let ids = try #require(model.tokenizer).encode(prompt.text)
      let session = try GenerationSession(
        predictor: model.predictor, promptIDs: ids, settings: SamplingPreset.nucleus90.settings, seed: 1)
      return try session.decision.distribution.keptCount
    }
    #expect(kept[0] > 300)
    #expect(kept[1] < 10)
  }
}

@Suite struct KnobExplanationTests {
  @Test func aKnobIsExplainedUntilAnotherKey() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    app.press(.character("n"), .character("p"))
    #expect(app.picture.contains("─ top-p 0.92 ─"))
    #expect(
      app.picture.contains("Nucleus: keeps the most likely tokens until together they reach the share p."))
    app.press(.right)
    #expect(!app.picture.contains("Nucleus: keeps"))
  }

  @Test(arguments: [
    ("t", "temperature 0.90"), ("T", "temperature 1.10"), ("[", "top-k 30"), ("]", "top-k off"),
    ("P", "top-p off"),
    ("o", "order of llama.cpp"), ("g", "greedy"), ("s", "pure"), ("n", "nucleus-0.95"),
  ])
  func everyKnobHasWords(key: String, title: String) throws {
    var app = AppHarness()
    app.press(.character(key.unicodeScalars.first!))
    let explained = try #require(app.state.explained)
    #expect(explained.title == title)
    #expect(explained.text.count > 20)
  }
}

import LMCore
import Testing

@testable import Visualizer

@Suite struct PromptEditorTests {
  /// The fake model, which has logits for 40 ids only, with the built-in vocabulary.
  private func harness(_ prompt: String, size: Size = Size(columns: 80, rows: 24)) throws -> AppHarness {
    let tokenizer = try #require(LoadedModel.load(ModelLocator.resolve("storyteller"), threads: 1).tokenizer)
    var app = AppHarness(size: size)
    app.state.card?.tokenizer = tokenizer
    app.state.prompt = .text(prompt)
    return app
  }

  @Test func tokensAndIDsFollowTheText() throws {
    var app = try harness("Once upon a time")
    let tokenizer = try #require(app.state.card?.tokenizer)
    app.press(.character("e"))
    #expect(app.picture.contains("─ Prompt: 4 tokens of 64 ─"))
    #expect(app.picture.contains("Once ␣upon"))
    app.press(.right, .character("s"))
    let ids = try tokenizer.encode("Once upon a times")
    #expect(app.picture.contains("Once upon a times"))
    #expect(app.picture.contains(ids.count == 5 ? "5 tokens" : "4 tokens"))
    for id in ids { #expect(app.picture.contains(String(id))) }
  }

  @Test func upAndDownGoThroughThePromptsOfTheRun() throws {
    var app = try harness("one")
    app.press(.character("e"), .control("u"), .paste("two"), .enter)
    app.press(.character("e"), .control("u"), .paste("three"), .enter)
    #expect(app.state.prompt == .text("three"))
    app.press(.character("e"), .up)
    #expect(app.state.overlay == .prompt(editor(of: app, "two")))
    app.press(.up, .up, .up)
    #expect(app.state.overlay == .prompt(editor(of: app, "one")))
    app.press(.character("!"), .down, .down, .down)
    #expect(app.state.overlay == .prompt(editor(of: app, "three")))
    app.press(.up, .up, .enter)
    #expect(app.state.prompt == .text("one!"))
    #expect(app.state.promptHistory == ["one", "two", "three", "one!"])
  }

  /// The editor's box on screen; it must show this text.
  private func editor(of app: AppHarness, _ text: String) -> AppState.PromptEditor {
    guard case .prompt(let editor) = app.state.overlay, editor.field.text == text else {
      return AppState.PromptEditor(text, history: [])
    }
    return editor
  }

  @Test func aTextLongerThanTheContextIsRefusedAndKept() throws {
    var app = try harness("a")
    app.press(.character("e"), .paste(String(repeating: " king", count: 80)), .enter)
    #expect(app.state.message?.contains("but the model reads at most 64; shorten it") == true)
    #expect(app.state.overlay != nil)
    #expect(app.state.prompt == .text("a"))
  }

  @Test func idsAreEditedAsTheirText() throws {
    var app = try harness("a")
    let tokenizer = try #require(app.state.card?.tokenizer)
    app.state.prompt = .ids(try tokenizer.encode("The king"))
    app.press(.character("e"))
    #expect(app.picture.contains("The king"))
  }

  /// Also where the tokenizer would make other ids of their text.
  @Test func idsThatAreNotEditedStay() throws {
    var app = try harness("a")
    let tokenizer = try #require(app.state.card?.tokenizer)
    let ids = try tokenizer.encode("Th") + tokenizer.encode("e", .part)
    #expect(try ids != tokenizer.encode("The"))
    app.state.prompt = .ids(ids)
    app.press(.character("e"))
    #expect(app.picture.contains("Prompt: 2 tokens"))
    app.press(.enter)
    #expect(app.state.prompt == .ids(ids))
    app.press(.character("e"), .end, .paste(" king"), .enter)
    #expect(app.state.prompt == .text("The king"))
  }

  @Test func specialTokensAmongEditedIDsStaySpecial() throws {
    var app = try harness("a")
    let tokenizer = try #require(app.state.card?.tokenizer)
    app.state.prompt = .ids([4095] + (try tokenizer.encode("Once")))
    app.press(.character("e"), .end, .paste("!"), .enter)
    #expect(app.state.prompt == .marked("<|endoftext|>Once!"))
  }

  @Test func withoutAVocabularyThereIsNothingToEdit() {
    var app = AppHarness()
    app.press(.character("e"))
    #expect(app.state.overlay == nil)
    #expect(app.state.message?.contains("--ids") == true)
  }

  /// The end of a text of any length and its last token stay visible.
  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func longTextsScroll(columns: Int, rows: Int) throws {
    var app = try harness(
      String(repeating: "a king and ", count: 300) + "dragons", size: Size(columns: columns, rows: rows))
    app.press(.character("e"))
    #expect(app.picture.contains("dragons"))
    let last = try #require(app.state.promptTokens(of: " dragons").last)
    #expect(app.picture.contains(String(last)))
    app.press(.home)
    #expect(app.picture.contains("│ a king"))
  }
}

import LMCore
import ModelTestSupport
import TestSupport
import Testing

@testable import Visualizer

/// A token that ends texts is told where it stands, and play pauses there.
@Suite struct EndOfTextTests {
  /// The token of this step of the usual text ends texts.
  private func app(endingAtStep step: Int) -> AppHarness {
    var app = AppHarness()
    for _ in 0..<step { app.press(.right) }
    return AppHarness(predictor: FakePredictor(endOfText: [app.lane.steps[step - 1].id]))
  }

  private func sentence(_ app: AppHarness) -> String {
    "the text ends here: [\(app.lane.lastToken ?? -1)] is the model's end of a text; → goes on"
  }

  @Test func theEndIsToldAndTheTextGoesOn() {
    var app = app(endingAtStep: 2)
    app.press(.right)
    #expect(app.state.notice == nil)
    app.press(.right)
    #expect(app.state.notice == sentence(app))
    #expect(app.picture.contains("the text ends here"))
    app.press(.right)
    #expect(app.lane.depth == 3 && app.state.notice == nil)
    app.press(.left)
    #expect(app.state.notice == sentence(app))
    app.press(.character("r"))
    #expect(app.state.notice == nil, "nothing has moved")
  }

  @Test func aReplayTellsItToo() throws {
    var app = app(endingAtStep: 2)
    app.press(.right, .right)
    let folder = try TemporaryFolder()
    app.write(to: folder.path + "/trace")
    var replay = AppHarness(replaying: try Trace(parsing: folder.read("trace")))
    replay.press(.right)
    #expect(replay.state.notice == nil)
    replay.press(.right)
    #expect(replay.state.notice == sentence(app).replacing("; → goes on", with: ""))
  }

  @Test func playPausesThereOnce() {
    var app = app(endingAtStep: 2)
    app.press(.character(" "))
    for _ in 0..<4 { app.send(.tick) }
    #expect(app.lane.depth == 2 && !app.state.play.isRunning)
    #expect(app.state.notice == sentence(app))
    app.press(.character(" "))
    app.send(.tick)
    #expect(app.lane.depth == 3)
  }

  @Test func ofTwoTextsTheOneThatEndsIsNamed() {
    var app = app(endingAtStep: 1)
    app.press(.character("c"), .right)
    let ended = app.state.lanes.indices.filter {
      app.state.lanes[$0].lastToken == app.predictor.profile.endOfText[0]
    }
    #expect(!ended.isEmpty)
    let names = ended.map { $0 == 0 ? "A" : "B" }.joined(separator: " and ")
    #expect(app.state.notice?.hasPrefix("the text\(ended.count > 1 ? "s" : "") \(names) end") == true)
  }

  /// What an author wrote behind it belongs to the text.
  @Test func anAuthorsTokenEndsNoText() throws {
    let storyteller = try LoadedModel.load(.builtIn, threads: 1)
    var app = AppHarness(prompt: .human("Once<|endoftext|>Once"), storyteller: storyteller)
    let end = try #require(storyteller.profile.endOfText.first)
    let place = try #require(app.lane.following.firstIndex(of: end))
    for _ in 0...place { app.press(.right) }
    #expect(app.lane.lastToken == end && app.state.notice == nil)
  }
}

import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

@Suite struct ChainHistoryTests {
  private var own: SamplingSettings {
    var own = SamplingSettings()
    (own.minP, own.repetitionPenalty, own.topK) = (0.05, 1.3, 40)
    return own
  }

  @Test func theSameViewAgainGoesBack() {
    var chain = ChainHistory(own)
    chain.view(SamplingPreset.greedy.settings)
    #expect(chain.isView)
    chain.view(SamplingPreset.nucleus95.settings)
    chain.view(SamplingPreset.nucleus95.settings)
    #expect(chain == ChainHistory(own))
  }

  @Test func aViewThatIsTurnedStandsAboveTheOwn() {
    var chain = ChainHistory(own)
    chain.view(SamplingPreset.nucleus95.settings)
    var turned = SamplingPreset.nucleus95.settings
    turned.topP = 0.9
    chain.turn(to: turned, from: chain.current)
    chain.view(SamplingPreset.greedy.settings)
    chain.back()
    #expect(chain.current == turned)
    chain.back()
    #expect(chain.current == own)
    chain.back()
    #expect(chain.current == own)
  }

  /// A look back at a step of another chain, and a turn there, must not cost the user's own.
  @Test func settingsOfAnEarlierStepThatAreTurnedStandAboveTheOwn() {
    var app = AppHarness(settings: own)
    app.press(.character("n"), .right, .right, .character("n"), .right, .home)
    #expect(app.picture.contains("earlier:"))
    app.press(.character("P"), .character("u"))
    #expect(app.lane.settings == own)
  }

  /// A session that was quit in a view comes back with the view and the user's own settings.
  @Test func aKeptViewIsAViewAgain() throws {
    let session = try GenerationSession(
      predictor: FakePredictor(), promptIDs: [3, 1, 4], settings: own, seed: 1)
    try session.advance()
    try session.setSettings(SamplingPreset.nucleus95.settings)
    var chain = ChainHistory(SavedLane(session))
    #expect(chain.current == SamplingPreset.nucleus95.settings)
    chain.back()
    #expect(chain.current == own)
  }

  // MARK: Keys

  @Test(arguments: ["g", "s", "n"] as [Unicode.Scalar])
  func theSameKeyOrUBringsTheOwnChainBack(key: Unicode.Scalar) {
    for last in [Key.character(key), .character("u")] {
      var app = AppHarness(settings: own)
      app.press(.right, .character(key))
      #expect(app.lane.settings != own)
      app.press(last)
      #expect(app.lane.settings == own)
      #expect(app.state.notice?.contains("your own settings") == true)
    }
  }

  @Test func aStrategyFromTheListIsAViewToo() {
    var app = AppHarness(settings: own)
    app.press(.character("v"), .home, .enter)
    #expect(app.lane.settings.isGreedy)
    app.press(.character("u"))
    #expect(app.lane.settings == own)
    app.press(.character("u"))
    #expect(app.state.notice == "these are your own settings already")
  }

  /// The settings of an earlier step are shown as such, and one key takes the chosen ones along.
  @Test func anEarlierStepSaysWhoseSettingsItShows() {
    var app = AppHarness()
    for _ in 0..<3 { app.press(.right) }
    app.press(.character("g"), .home)
    #expect(app.lane.settings == SamplingSettings())
    #expect(app.picture.contains("earlier:"))
    #expect(app.state.notice == "the settings of this step are earlier ones; u takes yours along")
    app.press(.character("u"))
    #expect(app.lane.settings.isGreedy)
    #expect(!app.picture.contains("earlier:"))
    // The old text is a branch.
    app.press(.right)
    #expect(app.lane.branchCount == 2)
    #expect(app.lane.steps[0].settings.isGreedy)
  }

  @Test func steppingBackAndForwardWithTheSameSettingsSaysNothing() {
    var app = AppHarness()
    app.press(.character("n"), .right, .right, .left, .home, .end)
    #expect(!app.picture.contains("earlier:"))
    #expect(app.state.notice == nil)
  }

  @Test func theKeyOfAViewSetsWhatItNamesAlsoAtAnEarlierStep() {
    var app = AppHarness()
    app.press(.right, .right, .character("g"), .left, .character("g"))
    #expect(app.lane.settings.isGreedy)
    app.press(.character("g"))
    #expect(!app.lane.settings.isGreedy)
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func bothLanesSayIt(columns: Int, rows: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    app.press(.right, .right, .character("c"), .character("p"), .left)
    #expect(app.picture.contains("B earlier: "))
  }
}

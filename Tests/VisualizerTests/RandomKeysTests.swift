import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

/// Whatever keys are pressed, in whatever order, while the engine is quick or slow: no lane may show what a fresh
/// session would not.
@Suite struct RandomKeysTests {
  private static let keys: [Key] =
    KeyMap.bindings.filter { ![.quit, .suspend, .writeTrace].contains($0.action) }.flatMap(\.keys)
    + [
      .character("7"), .character("é"), .paste("a\nb"), .backspace, .function(5), .mouse(.press, Point(3, 3)),
      .mouse(.press, Point(9, 12)), .mouse(.press, Point(30, 31)), .mouse(.wheelUp, Point(9, 3)),
      .mouse(.wheelDown, Point(9, 12)), .mouse(.release, Point(9, 12)),
    ]

  @Test(arguments: 0..<24)
  func everyLaneEqualsAFreshReplay(seed: UInt64) throws {
    var random = RandomSource(seed: seed &* 77 &+ 5)
    var app = AppHarness(seed: seed, model: FakeModel(contextLength: 24))
    for _ in 0..<400 {
      // Steps are what a text is made of: half of all keys.
      let key = Bool.random(using: &random) ? Key.right : Self.keys.randomElement(using: &random)!
      app.pressUnanswered(key)
      if Int.random(in: 0..<3, using: &random) == 0 { app.deliver() }
      if Int.random(in: 0..<50, using: &random) == 0 {
        let size = Size(
          columns: .random(in: 1...160, using: &random), rows: .random(in: 1...50, using: &random))
        app.send(.resized(size))
      }
      let frame = RootView(
        state: app.state, appearance: Appearance(depth: .none, glyphs: .blocks)
      ).frame()
      #expect(frame.size == app.state.size)
    }
    app.deliver()
    for lane in app.state.lanes {
      let fresh = try GenerationSession(
        model: FakeModel(contextLength: 24), promptIDs: lane.promptIDs, seed: seed)
      try replay(
        Array(lane.steps[..<lane.depth]), thenSettings: lane.settings, draw: lane.draw, on: fresh)
      let shown = LaneSnapshot(of: fresh)
      #expect(shown.textIDs == lane.textIDs)
      #expect(shown.decision?.id == lane.decision?.id)
      #expect(shown.decision?.distribution.after == lane.decision?.distribution.after)
      #expect(shown.problem == lane.problem)
    }
  }
}

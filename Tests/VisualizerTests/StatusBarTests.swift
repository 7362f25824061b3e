import Testing

@testable import Visualizer

@Suite struct StatusBarTests {
  private let bar = StatusBar(segments: [
    .init("gpt2-viz", role: .title, priority: 5), .init("storyteller", priority: 3),
    .init("step 17", priority: 1),
    .init("nucleus", priority: 4, side: .right), .init("T 1.00", priority: 2, side: .right),
  ])

  @Test(arguments: [
    (60, " gpt2-viz  storyteller  step 17             nucleus  T 1.00"),
    (40, " gpt2-viz  storyteller  nucleus  T 1.00"),
    (30, " gpt2-viz             nucleus"), (20, " gpt2-viz   nucleus"), (8, " gpt2-v…"), (3, " g…"), (1, ""),
  ])
  func theLeastImportantGoesFirst(columns: Int, text: String) {
    #expect(ScreenBuffer.picture(of: bar, columns: columns, rows: 1, with: Samples.blocks).text == text)
  }

  @Test(arguments: [
    (60, " → step  ← back  g greedy  q quit"), (30, " → step  ← back  q quit"), (18, " → step  q quit"),
    (5, ""),
  ])
  func hintsToo(columns: Int, text: String) {
    let hints = KeyHintBar(hints: [
      .init(keys: "→", what: "step", priority: 3), .init(keys: "←", what: "back", priority: 2),
      .init(keys: "g", what: "greedy"), .init(keys: "q", what: "quit", priority: 3),
    ])
    #expect(ScreenBuffer.picture(of: hints, columns: columns, rows: 1, with: Samples.blocks).text == text)
  }
}

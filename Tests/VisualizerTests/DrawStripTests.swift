import Testing

@testable import Visualizer

@Suite struct DrawStripTests {
  private func picture(_ strip: DrawStrip, _ columns: Int, _ rows: Int, _ look: Appearance = Samples.blocks)
    -> String
  {
    ScreenBuffer.picture(of: strip, columns: columns, rows: rows, with: look).text
  }

  @Test func theArrowStandsBelowTheChosenInterval() {
    #expect(
      picture(Samples.strip, 80, 2) == """
         u = 0.6312    0 ├──────────␣every──────────├━━━━␣she━━━━├─␣the─├─⏎─├──├─├─├┤ 1
                                                              ▲ ␣she  20.6%
        """)
  }

  @Test func inOneRowTheArrowStandsOnTheLine() {
    #expect(
      picture(Samples.strip, 80, 1) == """
         u = 0.6312    0 ├──────────␣every──────────├━━━━␣she━▲━━├─␣the─├─⏎─├──├─├─├┤ 1
        """)
  }

  @Test func narrowInASCII() {
    #expect(
      picture(Samples.strip, 20, 2) == """
        0 ├─␣ev…─├━━├────┤ 1
        ␣she  20.6% ▲
        """)
  }

  @Test func withoutADrawItSaysWhy() {
    let strip = DrawStrip(intervals: [], u: nil, note: "greedy: the most probable token, no draw")
    #expect(
      picture(strip, 40, 1) == """
         greedy: the most probable token, no dr…
        """)
  }

  /// For every u, the arrow is on the chosen interval or at its edge.
  @Test func theArrowIsOnTheLineForEveryDraw() {
    for step in 0..<1000 {
      var strip = Samples.strip
      strip.u = Double(step) / 1000
      let text = picture(strip, 60, 1)
      #expect(text.contains("▲"), "\(step)")
      #expect(text.unicodeScalars.count == 59, "\(step): \(text)")
    }
  }
}

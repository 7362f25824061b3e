import Testing

@testable import Visualizer

@Suite struct DrawStripTests {
  private func picture(_ strip: DrawStrip, _ columns: Int, _ rows: Int, _ look: Appearance = Samples.blocks)
    -> String
  {
    ScreenBuffer.picture(of: strip, columns: columns, rows: rows, with: look).text
  }

  /// On a single row the arrow lies on the line, and not on the words there.
  @Test(arguments: [40, 60, 76]) func theArrowLeavesTheWordsWhole(columns: Int) {
    for place in 0..<100 {
      var strip = DrawStrip(intervals: [], u: Double(place) / 100)
      strip.untoldFrom = 0.3
      var buffer = ScreenBuffer(size: Size(columns: columns, rows: 1))
      strip.draw(
        into: &buffer, in: Rect(x: 0, y: 0, width: columns, height: 1), with: Samples.blocks)
      let isWhole = buffer.text.contains(" not told ")
      #expect(
        isWhole || !["not", "told", "tol", "ot "].contains { buffer.text.contains($0) }, "\(buffer.text)")
      #expect(place > 25 || isWhole)
    }
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

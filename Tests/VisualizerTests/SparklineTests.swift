import Testing

@testable import Visualizer

@Suite struct SparklineTests {
  @Test func countEighthsOfARow() {
    #expect(Sparkline.text([0, 0.125, 0.5, 1, 2, .nan, -1, 1e-9], glyphs: .blocks) == " ▁▄██  ▁")
    #expect(Sparkline.text([0, 0.5, 1], glyphs: .ascii) == "_=#")
    #expect(Sparkline.rows([0.25, 0.5, 0.75, 1], height: 2, glyphs: .blocks) == ["  ▄█", "▄███"])
    #expect(Sparkline.rows([1], height: 0, glyphs: .blocks) == [])
  }
}

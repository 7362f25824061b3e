import Testing

@testable import Presentation

@Suite struct BarTests {
  @Test(arguments: [
    (0.5, 4, "██", "##"), (1.0 / 32, 4, "▏", "-"), (0.55, 4, "██▎", "##"), (0.6, 4, "██▍", "##"),
    (0.65, 4, "██▋", "###"),
    (1, 3, "███", "###"), (7, 3, "███", "###"), (0, 4, "", ""), (-1, 4, "", ""), (1e-9, 4, "▏", "-"),
    (0.5, 0, "", ""),
    (.nan, 4, "", ""),
  ])
  func barsCountEighths(share: Double, width: Int, blocks: String, ascii: String) {
    #expect(Bar.text(share, width: width, glyphs: .blocks) == blocks)
    #expect(Bar.text(share, width: width, glyphs: .ascii) == ascii)
  }

  @Test func longerSharesHaveLongerBars() {
    var last = 0
    for step in 0...800 {
      let text = Bar.text(Double(step) / 800, width: 100, glyphs: .blocks)
      let eighths = text.unicodeScalars.reduce(0) { $0 + Int(0x2590 - $1.value) }
      #expect(eighths == step)
      #expect(eighths >= last)
      last = eighths
    }
  }
}

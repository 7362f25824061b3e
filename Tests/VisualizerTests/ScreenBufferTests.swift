import Presentation
import Testing

@testable import Visualizer

@Suite struct ScreenBufferTests {
  private func buffer(_ columns: Int, _ rows: Int) -> ScreenBuffer {
    ScreenBuffer(size: Size(columns: columns, rows: rows))
  }

  @Test func textIsCutAtTheEdgesOfItsClip() {
    var screen = buffer(10, 3)
    screen.put("abcdefghijklmnop", at: Point(-2, 0))
    screen.put("abcdef", at: Point(1, 1), in: Rect(x: 3, y: 0, width: 2, height: 3))
    screen.put("never", at: Point(0, 7))
    #expect(screen.text == "cdefghijkl\n   cd\n")
  }

  @Test func aWideCharacterIsNeverCutInTwo() {
    var screen = buffer(4, 4)
    screen.put("日本語", at: Point(-1, 0))
    screen.put("a日本語", at: Point(0, 1))
    screen.put("日本", at: Point(0, 2))
    screen.put("x", at: Point(1, 2))
    screen.put("日本", at: Point(0, 3))
    screen.put("x", at: Point(2, 3))
    #expect(screen.text == " 本\na日\n x本\n日x")
    #expect(screen.row(0).map(\.width) == [1, 2, 0, 1])
    #expect(screen.row(2).map(\.width) == [1, 1, 2, 0])
    #expect(screen.row(3).map(\.width) == [2, 0, 1, 1])
  }

  @Test func marksJoinTheCharacterBeforeThem() {
    var screen = buffer(5, 2)
    let end = screen.put("a\u{301}\u{302}\u{303}\u{304}\u{305}日\u{301}", at: Point(0, 0))
    #expect(end == 3)
    #expect(screen[Point(0, 0)].marks == ["\u{301}", "\u{302}", "\u{303}", "\u{304}"])
    #expect(screen[Point(1, 0)].marks == ["\u{301}"])
    // There is no character before it, or that one is clipped.
    screen.put("\u{301}b", at: Point(0, 1))
    #expect(screen[Point(0, 1)] == Cell("b"))
  }

  @Test func nothingThatATerminalObeysGetsIn() {
    var screen = buffer(12, 1)
    screen.put("\u{1B}[2J\u{7}\u{9B}\u{202E}\u{200B}\r\n", at: Point(0, 0))
    #expect(screen.text == "?[2J??????")
  }

  @Test func boxesThatShareEdgesJoin() {
    var screen = buffer(9, 5)
    screen.box(Rect(x: 0, y: 0, width: 9, height: 3), glyphs: .blocks)
    screen.box(Rect(x: 0, y: 2, width: 5, height: 3), glyphs: .blocks)
    screen.box(Rect(x: 4, y: 2, width: 5, height: 3), glyphs: .blocks)
    screen.verticalLine(from: Point(2, 0), length: 3, glyphs: .blocks)
    screen.horizontalLine(from: Point(4, 3), length: 5, glyphs: .blocks)
    #expect(
      screen.text == """
        ┌─┬─────┐
        │ │     │
        ├─┴─┬───┤
        │   ├───┤
        └───┴───┘
        """)
  }

  @Test func boxesInASCIIJoinToo() {
    var screen = buffer(7, 4)
    screen.box(Rect(x: 0, y: 0, width: 7, height: 4), glyphs: .ascii)
    screen.verticalLine(from: Point(3, 0), length: 4, glyphs: .ascii)
    #expect(screen.text == "+--+--+\n|  |  |\n|  |  |\n+--+--+")
  }

  @Test(arguments: [(0, 0), (1, 1), (2, 1), (1, 2), (2, 2)])
  func smallBoxesStayInside(width: Int, height: Int) {
    var screen = buffer(3, 3)
    screen.box(Rect(x: 0, y: 0, width: width, height: height), glyphs: .blocks)
    for y in 0..<3 {
      for x in 0..<3 where x >= width || y >= height { #expect(screen[Point(x, y)] == .blank) }
    }
  }

  @Test func stylesAreKeptByCell() {
    var screen = buffer(8, 1)
    screen.put("ab", at: Point(1, 0), style: Style(.indexed(3)))
    screen.put("日", at: Point(3, 0), style: Style(.terminal, on: .terminal, .bold))
    screen.restyle(Rect(x: 2, y: 0, width: 1, height: 5)) { $0.adding(.reverse) }
    let named = screen.styledText { style in
      style == .plain
        ? "" : style.attributes.contains(.reverse) ? "r" : style.attributes.contains(.bold) ? "b" : "c"
    }
    #expect(named == " {c|a}{r|b}{b|日}")
  }

  @Test func aScreenWithoutCellsTakesEverything() {
    var screen = buffer(0, 0)
    screen.put("text", at: Point(0, 0))
    screen.fill(Rect(x: 0, y: 0, width: 5, height: 5))
    screen.box(Rect(x: 0, y: 0, width: 5, height: 5), glyphs: .blocks)
    screen.restyle(Rect(x: 0, y: 0, width: 5, height: 5)) { $0 }
    #expect(screen.text == "")
  }
}

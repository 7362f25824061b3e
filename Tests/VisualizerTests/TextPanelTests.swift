import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

@Suite struct TextPanelTests {
  private let panel = TextPanel(
    tokens: Samples.tokens(
      "Once upon a time there was a little",
      [" girl", "\n\n", " 日", "本", " e", "\u{301}", "\u{200B}", " extraordinarily"]))

  private func picture(_ panel: TextPanel, _ columns: Int, _ rows: Int, _ look: Appearance = Samples.blocks)
    -> String
  {
    ScreenBuffer.picture(of: panel, columns: columns, rows: rows, with: look).text
  }

  private func placement(_ panel: TextPanel, in area: Rect) -> TextPanel.Placement {
    var screen = ScreenBuffer(size: Size(columns: 40, rows: 12))
    return panel.place(into: &screen, in: area, with: Samples.blocks)
  }

  @Test func wrapsBetweenWordsAndBreaksAtNewlines() {
    #expect(
      picture(panel, 30, 5) == """
        Once upon a time there was a
        little girl⏎
        ⏎
         日本 é<U+200B>
        extraordinarily▏
        """)
  }

  @Test func showsItsEndInANarrowWindow() {
    #expect(
      picture(panel, 12, 4) == """
         日本
        é<U+200B>
        extraordinar
        ily▏
        """)
  }

  @Test func inASCIIWithoutColourALineTellsPromptAndModelApart() {
    #expect(
      picture(panel, 30, 5, Samples.ascii) == """
        little| girl$
        $
         <U+65E5><U+672C>
        e<U+0301><U+200B>
        extraordinarily#
        """)
  }

  @Test func aCharacterInPiecesAppearsWithItsLastByte() {
    let bytes = Array("😀".utf8)
    let pieces = bytes.map { TextPanelToken(bytes: [$0], origin: .generated) }
    let shown = (1...4).map {
      picture(TextPanel(tokens: Array(pieces.prefix($0)), showsCursor: false), 20, 1)
    }
    #expect(shown == ["<F0>", "<F0><9F>", "<F0><9F><98>", "😀"])
    let whole = placement(TextPanel(tokens: pieces), in: Rect(x: 0, y: 0, width: 20, height: 1))
    #expect(whole.tokens.first { $0.area.contains(Point(1, 0)) }?.index == 3)
  }

  @Test func textCannotDirectTheTerminal() {
    let hostile = TextPanel(
      tokens: Samples.tokens("\u{1B}[31m\u{7}\u{9B}2J\u{202E}x\r\u{0}", []), showsCursor: false)
    #expect(picture(hostile, 60, 1) == "<1B>[31m<07><U+009B>2J<U+202E>x<0D><00>")
  }

  @Test func aVariationSelectorIsNotDrawn() {
    #expect(picture(TextPanel(tokens: Samples.tokens("❤\u{FE0F}!", []), showsCursor: false), 20, 1) == "❤!")
  }

  @Test func aMarkAcrossATokenBoundaryJoinsTheCharacterBefore() {
    let screen = ScreenBuffer.picture(
      of: TextPanel(tokens: Samples.tokens("e", ["\u{301}x"]), showsCursor: false), columns: 5, rows: 1,
      with: Samples.blocks)
    #expect(screen[Point(0, 0)].marks == ["\u{301}"])
    #expect(screen[Point(1, 0)].scalar == "x")
  }

  @Test func wideCharactersWrapWhole() {
    let text = TextPanel(tokens: Samples.tokens("日本語日本語", []), showsCursor: false)
    #expect(picture(text, 5, 3) == "日本\n語日\n本語")
  }

  @Test func spacesAtTheEdgeHangBeyondIt() {
    #expect(
      picture(TextPanel(tokens: Samples.tokens("abcd efgh", []), showsCursor: false), 4, 2) == "abcd\nefgh")
    #expect(
      picture(TextPanel(tokens: Samples.tokens("ab cdefghi", []), showsCursor: false), 4, 3)
        == "ab\ncdef\nghi")
  }

  @Test func scrollsToALine() {
    let tokens = Samples.tokens("0", (1...60).map { " \($0)" })
    let area = Rect(x: 0, y: 0, width: 12, height: 4)
    #expect(picture(TextPanel(tokens: tokens, scroll: .line(1)), 12, 2) == "6 7 8 9 10\n11 12 13 14")
    let end = TextPanel(tokens: tokens)
    let last = placement(end, in: area).lastLine
    for scroll in [TextPanel.Scroll.line(last), .line(99)] {
      #expect(picture(TextPanel(tokens: tokens, scroll: scroll), 12, 4) == picture(end, 12, 4))
    }
    #expect(picture(TextPanel(tokens: tokens, scroll: .line(last - 1)), 12, 4) != picture(end, 12, 4))
  }

  @Test func pointsHitTokens() {
    let area = Rect(x: 3, y: 2, width: 30, height: 5)
    let tokens = placement(panel, in: area).tokens
    let hit = { (x: Int, y: Int) in tokens.first { $0.area.contains(Point(x, y)) }?.index }
    // "little girl⏎" is the second line.
    #expect(hit(3, 2) == 0)
    #expect(hit(9, 3) == 1)
    #expect(hit(14, 3) == 2)
    #expect(hit(15, 3) == nil)
    #expect(hit(5, 5) == 3)
    #expect(hit(6, 5) == 4)
    #expect(hit(2, 3) == nil)
  }

  @Test func marksHaveStyles() {
    let theme = Samples.blocks.theme
    let tokens = [
      TextPanelToken(bytes: Array("a".utf8), origin: .prompt),
      TextPanelToken(bytes: Array("b".utf8), origin: .generated, tint: theme.scale(3)),
      TextPanelToken(bytes: Array("c".utf8), origin: .generated, marks: .forced),
      TextPanelToken(bytes: Array("d".utf8), origin: .generated, marks: .newest),
    ]
    let screen = ScreenBuffer.picture(
      of: TextPanel(tokens: tokens), columns: 8, rows: 1, with: Samples.blocks)
    let styles = (0..<5).map { screen[Point($0, 0)].style }
    #expect(
      styles == [
        theme[.prompt], theme.scale(3), theme[.forced], theme[.newest], theme[.cursor],
      ])
  }

  /// Line feeds, bytes and special tokens too; where no scale is on they are grey.
  @Test(arguments: ["\n", "\t", "\u{1B}", "<|im_end|>"])
  func aGeneratedTokenHasTheColourOfItsScale(_ text: String) {
    func style(_ tint: Style?) -> Style {
      var token = TextPanelToken(bytes: Array(text.utf8), origin: .generated, tint: tint)
      if text.hasPrefix("<|") { token.marks = .special }
      let panel = TextPanel(tokens: [token], showsCursor: false)
      return ScreenBuffer.picture(of: panel, columns: 20, rows: 2, with: Samples.blocks)[Point(0, 0)].style
    }
    let theme = Samples.blocks.theme
    for step in 0..<TextScale.stepCount { #expect(style(theme.scale(step)) == theme.scale(step)) }
    #expect(style(nil) == theme[.dim])
  }

  @Test func aTextOfManyTokensIsLaidOutWhole() {
    let tokens = Samples.tokens("", (0..<1024).map { " word\($0)" })
    let layout = TextLayout(tokens: tokens.map(\.bytes), width: 76, glyphs: .blocks)
    #expect(layout.lines.allSatisfy { $0.reduce(0) { $0 + $1.width } <= 76 })
    let letters = layout.lines.joined().filter { $0.kind == .character }.map { String($0.cell.scalar) }
      .joined()
    #expect(letters == (0..<1024).map { "word\($0)" }.joined())
  }
}

/// The keys that scroll the text.
@Suite struct TextScrollTests {
  private func opened(_ size: Size, comparing: Bool) -> AppHarness {
    var app = AppHarness(size: size, predictor: FakePredictor(contextLength: 512))
    if comparing { app.press(.character("c"), .tab) }
    for _ in 0..<500 { app.pressUnanswered(.right) }
    app.deliver()
    app.present()
    return app
  }

  /// The lines of the focused text that are on screen.
  private func lines(_ app: AppHarness) -> [String] {
    let area = Frame.inner(app.state.layout.lanes[app.state.focus].text).inset(horizontally: 1)
    return (area.y..<area.maxY).map { y in
      String(
        String.UnicodeScalarView((area.x..<area.maxX).map { app.shown.buffer[Point($0, y)].scalar }))
    }
  }

  @Test(arguments: [(80, 24, false), (80, 24, true), (110, 34, false), (200, 50, true), (80, 50, true)])
  func pagesOverlapByALine(columns: Int, rows: Int, isComparing: Bool) {
    var app = opened(Size(columns: columns, rows: rows), comparing: isComparing)
    let depths = app.state.lanes.map(\.depth)
    let end = lines(app)
    var pages = [end]
    while app.state.text.scroll != 0, pages.count < 50 {
      app.press(.character("("))
      pages.append(lines(app))
      #expect(app.picture.contains(" \(app.state.text.scroll.map { $0 + 1 } ?? 0)-"))
    }
    #expect(pages.last?.first?.hasPrefix("[3][1][4]") == true)
    for (lower, upper) in zip(pages, pages.dropFirst()).dropLast() { #expect(upper.last == lower.first) }
    for _ in pages { app.press(.character("}")) }
    #expect(lines(app) == end)
    #expect(app.state.text.scroll == nil)
    #expect(app.state.lanes.map(\.depth) == depths)
    guard isComparing else { return }
    app.press(.character("{"), .tab)
    #expect(app.state.text.scroll == nil, "each lane shows its end when it gets the focus")
  }
}

import Testing

@testable import Visualizer

@Suite struct TextFieldTests {
  private func edited(_ text: String, _ keys: [Key]) -> TextInput {
    var field = TextInput(text)
    for key in keys {
      let isTaken = field.handle(key)
      #expect(isTaken)
    }
    return field
  }

  @Test func charactersGoToTheCursor() {
    #expect(edited("ac", [.left, .character("b")]).text == "abc")
    #expect(edited("bc", [.home, .character("a"), .end, .character("d")]).text == "abcd")
    #expect(edited("a", [.left, .left, .paste("日\n本"), .right, .right]).cursor == 4)
  }

  @Test func marksJoinTheirCharacter() {
    let field = edited("e", [.character("\u{301}")])
    #expect(field.cursor == 1)
    #expect(edited("e\u{301}x", [.left, .backspace]).text == "x")
  }

  @Test func removing() {
    #expect(edited("abc", [.backspace, .backspace, .backspace, .backspace]).text == "")
    #expect(edited("abc", [.home, .delete, .control("d")]).text == "c")
    #expect(edited("abc", [.delete]).text == "abc")
    #expect(edited("one two  ", [.control("w")]).text == "one ")
    #expect(edited("one two", [.left, .left, .left, .control("u")]).text == "two")
    #expect(edited("one two", [.home, .control("k")]).text == "")
  }

  @Test(
    arguments: [
      ([.character("x")], "x"), ([.paste("new")], "new"), ([.backspace], ""),
      ([.right, .character("x")], "42x"),
      ([.left, .character("x")], "4x2"), ([.home, .character("x"), .character("y")], "xy42"),
    ] as [([Key], String)])
  func typingReplacesASelectedText(keys: [Key], text: String) {
    var field = TextInput("42", isSelected: true)
    for key in keys { _ = field.handle(key) }
    #expect(field.text == text)
    #expect(!field.isSelected)
  }

  @Test func otherKeysAreTheOwners() {
    var field = TextInput("a")
    for key in [Key.enter, .escape, .tab, .pageUp, .control("c"), .resize] {
      let isTaken = field.handle(key)
      #expect(!isTaken)
    }
    #expect(field.text == "a")
  }

  @Test(arguments: [
    (40, 1, " Prompt Once upon 日本 a⏎time"), (20, 1, " Prompt 本 a⏎time"),
    (20, 3, " Prompt Once upon 日\n        本 a⏎time\n"),
  ])
  func inputLines(columns: Int, rows: Int, text: String) {
    let line = TextFieldView(label: "Prompt", field: TextInput("Once upon 日本 a\ntime"))
    #expect(ScreenBuffer.picture(of: line, columns: columns, rows: rows, with: Samples.blocks).text == text)
  }

  @Test func theCursorIsInSightWhereverItIs() {
    var field = TextInput(String(repeating: "word ", count: 30))
    for _ in 0...150 {
      let screen = ScreenBuffer.picture(
        of: TextFieldView(label: "", field: field), columns: 20, rows: 3, with: Samples.blocks)
      let cursors = screen.cells.filter { $0.style.attributes.contains(.reverse) }
      #expect(cursors.count == 1)
      _ = field.handle(.left)
    }
  }
}

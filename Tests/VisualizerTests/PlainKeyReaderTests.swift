import Testing

@testable import Visualizer

@Suite struct PlainKeyReaderTests {
  /// All keys of a complete input.
  private func keys(_ text: String, _ source: PlainKeyReader.Source) -> [Key] {
    var reader = PlainKeyReader(source)
    reader.append(text.utf8)
    var keys: [Key] = []
    while let next = reader.next(wantsText: false, isComplete: true) { keys += next }
    #expect(reader.isEmpty)
    return keys
  }

  @Test(
    arguments: [
      ("lT?", [.character("l"), .character("T"), .character("?")]),
      ("\u{1B}[C\u{1B}OD\u{1B}[5~", [.right, .left, .pageUp]),
      ("\u{1B}[H\u{1B}[4~\u{1B}[Z", [.home, .end, .backTab]),
      ("\r\n\t\u{7F}\u{0C}", [.enter, .enter, .tab, .backspace, .control("l")]), ("\u{1B}", [.escape]),
      ("\u{1B}OP\u{1B}[[A", [.function(1), .function(1)]), ("é日", [.character("é"), .character("日")]),
      // An unknown sequence is skipped as a whole: its letters are no keys.
      ("\u{1B}[1;5Cq", [.character("q")]), ("\u{1B}xq", [.character("q")]),
      ("\u{1B}]0;title\u{7}q", [.character("q")]),
    ] as [(String, [Key])])
  func readsATerminal(text: String, expected: [Key]) {
    #expect(keys(text, .terminal) == expected)
  }

  @Test(
    arguments: [
      ("ll\nh\n", [.character("l"), .character("l"), .character("h")]), ("\n", [.enter]),
      ("l\n\nq", [.character("l"), .enter, .character("q")]), ("l\r\n\r\n", [.character("l"), .enter]),
      ("<Right><home> \n", [.right, .home, .character(" ")]),
      ("<lt><>", [.character("<"), .character("<"), .character(">")]),
      ("<Enter>\n", [.enter]), ("\u{1B}[C", [.right]),
      ("<rigt>l<a-1>", [.unknownName("rigt"), .character("l"), .unknownName("a-1")]),
      ("<l", [.character("<"), .character("l")]),
    ] as [(String, [Key])])
  func readsLines(text: String, expected: [Key]) {
    #expect(keys(text, .lines) == expected)
  }

  @Test(arguments: PlainKeyReader.names)
  func everyNameIsAKey(name: String, key: Key) {
    #expect(keys("<\(name)>", .lines) == [key])
    // Names of keys are not used on a terminal.
    #expect(keys("<\(name)>", .terminal).count == name.count + 2)
  }

  @Test func everyKeyOfTheKeyTableCanBeSaidInALine() {
    for binding in KeyMap.bindings where binding.action != .suspend {
      let isSayable = binding.keys.contains { key in
        if case .character = key { return true }
        return PlainKeyReader.names.values.contains(key)
      }
      #expect(isSayable, "\(binding.shown)")
    }
  }

  @Test func waitsForTheRestOfAKey() {
    for text in ["\u{1B}[C", "é", "日", "\u{1B}[5~"] {
      var reader = PlainKeyReader(.terminal)
      for byte in text.utf8.dropLast() {
        reader.append([byte])
        #expect(reader.next(wantsText: false, isComplete: false) == nil)
      }
      reader.append([text.utf8.last!])
      #expect(reader.next(wantsText: false, isComplete: false) != nil)
    }
  }

  @Test func bytesThatAreNoTextAreNoKeys() {
    var reader = PlainKeyReader(.terminal)
    reader.append([0xFF, 0xC3, 0x28, 0x80])
    #expect(reader.next(wantsText: false, isComplete: true) == nil)
    #expect(reader.isEmpty)
  }

  @Test(arguments: [PlainKeyReader.Source.terminal, .lines])
  func aTextIsAWholeLine(source: PlainKeyReader.Source) {
    var reader = PlainKeyReader(source)
    reader.append("The ki".utf8)
    #expect(reader.next(wantsText: true, isComplete: false) == nil)
    reader.append("ng <Right>\r\nll".utf8)
    #expect(
      reader.next(wantsText: true, isComplete: false) == [.control("u"), .paste("The king <Right>"), .enter])
    #expect(reader.next(wantsText: false, isComplete: false) == [.character("l")])
  }

  @Test func anEmptyLineLeavesTheText() {
    var reader = PlainKeyReader(.terminal)
    reader.append("\nq".utf8)
    #expect(reader.next(wantsText: true, isComplete: false) == [.escape])
    #expect(reader.next(wantsText: true, isComplete: true) == [.control("u"), .paste("q"), .enter])
  }

  /// `S` and its number on one line, or on two.
  @Test(arguments: ["S12\nq", "S\n12\nq", "S\r\n12\r\nq"])
  func aTextMayHaveItsOwnLine(text: String) {
    var reader = PlainKeyReader(.lines)
    // In parts, as from a slow pipe.
    for byte in text.utf8.prefix(2) { reader.append([byte]) }
    #expect(reader.next(wantsText: false, isComplete: false) == [.character("S")])
    if text.contains("S\r") { #expect(reader.next(wantsText: true, isComplete: false) == nil) }
    reader.append(text.utf8.dropFirst(2))
    #expect(reader.next(wantsText: true, isComplete: false) == [.control("u"), .paste("12"), .enter])
    #expect(reader.next(wantsText: false, isComplete: false) == [.character("q")])
  }

  @Test func aTextOfALineCanBeCancelled() {
    var reader = PlainKeyReader(.lines)
    reader.append("S\n<Esc>\nS\n\n".utf8)
    for _ in 0..<2 {
      #expect(reader.next(wantsText: false, isComplete: false) == [.character("S")])
      #expect(reader.next(wantsText: true, isComplete: false) == [.escape])
    }
  }
}

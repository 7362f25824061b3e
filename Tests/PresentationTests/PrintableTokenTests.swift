import Testing

@testable import Presentation

@Suite struct PrintableTokenTests {
  @Test(arguments: [
    (" she", "␣she", "_she"), ("\n\n", "⏎⏎", "$$"), ("\t", "⇥", "~"),
    ("a\u{0B}\u{1B}[2J", "a<0B><1B>[2J", "a<0B><1B>[2J"),
    ("\u{7F}\0", "<7F><00>", "<7F><00>"), ("\u{9B}", "<U+009B>", "<U+009B>"),
    ("日本", "日本", "<U+65E5><U+672C>"),
    ("\u{200B}", "<U+200B>", "<U+200B>"), ("a\u{202E}b", "a<U+202E>b", "a<U+202E>b"),
    ("\u{A0}", "<U+00A0>", "<U+00A0>"),
    ("\u{3000}", "<U+3000>", "<U+3000>"), ("\u{301}", "\u{25CC}\u{301}", "<U+0301>"),
    ("e\u{301}", "e\u{301}", "e<U+0301>"),
    ("❤\u{FE0F}", "❤<U+FE0F>", "<U+2764><U+FE0F>"),
    ("👨\u{200D}👩", "👨<U+200D>👩", "<U+1F468><U+200D><U+1F469>"),
    ("\u{FEFF}", "<U+FEFF>", "<U+FEFF>"), ("\r\n", "<0D>⏎", "<0D>$"), ("", "", ""),
    ("\u{10FFFF}", "<U+10FFFF>", "<U+10FFFF>"),
  ])
  func labels(text: String, blocks: String, ascii: String) {
    #expect(PrintableToken.label(for: Array(text.utf8), glyphs: .blocks) == blocks)
    #expect(PrintableToken.label(for: Array(text.utf8), glyphs: .ascii) == ascii)
  }

  @Test(
    arguments: [
      ([0xE2], "<E2>"), ([0x80, 0x99], "<80><99>"), ([0xE2, 0x80], "<E2><80>"), ([0xE2, 0x80, 0x99], "’"),
      ([0x41, 0xF0, 0x9F, 0x42], "A<F0><9F>B"), ([0xC0, 0x80], "<C0><80>"),
      ([0xED, 0xA0, 0x80], "<ED><A0><80>"),
      ([0xF5], "<F5>"), ([0xE0, 0x80, 0x80], "<E0><80><80>"), ([0xF4, 0x90, 0x80, 0x80], "<F4><90><80><80>"),
      ([0xE2, 0xE2, 0x80, 0x99], "<E2>’"), ([0xFF, 0xFE], "<FF><FE>"),
    ] as [([UInt8], String)])
  func strayBytesAreNamed(bytes: [UInt8], label: String) {
    #expect(PrintableToken.label(for: bytes, glyphs: .blocks) == label)
  }

  @Test func linesKeepTheirSpaces() {
    #expect(PrintableToken.line("a b\nc\u{1B}", glyphs: .blocks) == "a b⏎c<1B>")
  }

  /// For any bytes, the text is printable and has no control characters.
  @Test func everyByteAndEveryCharacterIsPrintable() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for glyphs in [GlyphSet.blocks, .ascii] where value < 0x3100 || glyphs == .blocks {
        let label = PrintableToken.label(for: .scalar(scalar), glyphs: glyphs, isFirst: true)
        let isSafe = label.unicodeScalars.allSatisfy { part in
          CellWidth.width(of: part) != nil && (glyphs == .blocks || part.isASCII)
        }
        if !isSafe { Issue.record("U+\(String(value, radix: 16)): \(label.unicodeScalars.map(\.value))") }
      }
    }
    for byte in UInt8.min...UInt8.max {
      #expect(
        PrintableToken.label(for: [byte], glyphs: .ascii).utf8.allSatisfy { (0x21..<0x7F).contains($0) })
    }
  }
}

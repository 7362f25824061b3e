import Testing

@testable import LMCore

@Suite struct PreTokenizerTests {
  private func pieces(_ text: String) -> [String] {
    Array(text.utf8).withUnsafeBytes { bytes in
      var pieces: [String] = []
      var start = 0
      while start < bytes.count {
        let end = PreTokenizer(.gpt2).endOfPiece(in: bytes, from: start)
        pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
        start = end
      }
      return pieces
    }
  }

  @Test(arguments: [
    ("Hello, world!", ["Hello", ",", " world", "!"]),
    ("THEY'LL they'll don’t", ["THEY", "'", "LL", " they", "'ll", " don", "’", "t"]),
    ("'llama 's ''s", ["'ll", "ama", " '", "s", " ''", "s"]),
    ("'", ["'"]), ("'r", ["'", "r"]), ("x'l", ["x", "'", "l"]), ("'t", ["'t"]),
    ("a\n\nb", ["a", "\n", "\n", "b"]),
    ("  x", [" ", " x"]), ("   ", ["   "]), (" ", [" "]), ("a  ", ["a", "  "]),
    ("foo \n", ["foo", " \n"]), ("foo \nbar", ["foo", " ", "\n", "bar"]),
    ("a\r\nb", ["a", "\r", "\n", "b"]),
    ("\t\tx", ["\t", "\t", "x"]), ("\t x", ["\t", " x"]),
    ("a\u{A0}b", ["a", "\u{A0}", "b"]), (" \u{A0}b", [" ", "\u{A0}", "b"]), ("\u{A0} b", ["\u{A0}", " b"]),
    ("1234a5", ["1234", "a", "5"]), ("x²y 1½Ⅳ①٣", ["x", "²", "y", " 1½Ⅳ①٣"]),
    ("cafe\u{301}s", ["cafe", "\u{301}", "s"]), ("मनीष", ["मन", "ी", "ष"]),
    ("一二 三", ["一二", " 三"]), ("a\u{200B}b\u{1C}c", ["a", "\u{200B}", "b", "\u{1C}", "c"]),
    ("👩🏿‍💻!", ["👩🏿‍💻!"]), ("a_b", ["a", "_", "b"]),
  ])
  func splits(_ text: String, _ expected: [String]) {
    // Compared as scalars: String's == would take é for e and an accent.
    #expect(pieces(text).map { Array($0.unicodeScalars) } == expected.map { Array($0.unicodeScalars) })
  }

  @Test func whitespaceIsThePropertyOfUnicode() {
    let whitespace: Set<UInt32> = [
      0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005,
      0x2006, 0x2007,
      0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    ]
    for value in 0...0x10FFFF as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value) else { continue }
      if (CharacterClass.of(scalar) == .whitespace) != whitespace.contains(value) {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }

  /// The fast paths for ASCII agree with the properties.
  @Test func classesOfASCII() {
    for byte in UInt8(0)..<0x80 {
      let found = [byte].withUnsafeBytes { CharacterClass.classify($0, at: 0) }
      #expect(found.kind == CharacterClass.of(Unicode.Scalar(byte)) && found.length == 1)
    }
  }

  @Test(
    arguments: [
      ([0x61, 0x80, 0x62], [1, 2, 3]), ([0x20, 0xFF, 0x20], [2, 3]), ([0xE2, 0x82], [2]),
      ([0xE2, 0x82, 0x20], [2, 3]),
      ([0x21, 0xF0, 0x9F, 0x21, 0x31], [4, 5]), ([0xED, 0xA0, 0x80], [3]), ([0x27, 0xFF, 0x73], [2, 3]),
    ] as [([UInt8], [Int])])
  func bytesThatAreNoTextAreOther(_ bytes: [UInt8], _ ends: [Int]) {
    let found = bytes.withUnsafeBytes { bytes in
      var ends: [Int] = []
      while (ends.last ?? 0) < bytes.count {
        ends.append(PreTokenizer(.gpt2).endOfPiece(in: bytes, from: ends.last ?? 0))
      }
      return ends
    }
    #expect(found == ends)
  }
}

import Testing

@testable import LMCore

@Suite struct TextFormsTests {
  @Test(
    arguments: [
      (0, 2, "00"), (10, 2, "0a"), (255, 2, "ff"), (255, 4, "00ff"), (0x1F600, 4, "1f600"), (7, 1, "7"),
    ] as [(UInt32, Int, String)])
  func digits(_ value: UInt32, _ count: Int, _ text: String) {
    #expect(value.hexadecimal(digits: count) == text)
    #expect(value.hexadecimal(digits: count, uppercase: true) == text.uppercased())
  }

  @Test(
    arguments: [
      ("", ""), (" \t\r\n ", ""), ("a", "a"), ("  a b\r\n", "a b"), ("\r\na", "a"), ("\u{A0}é\u{2003}", "é"),
    ] as [(String, String)])
  func trimming(_ text: String, _ trimmed: String) {
    #expect(text.trimmed() == trimmed)
    #expect(Substring(text).trimmed() == trimmed)
  }

  @Test(arguments: [
    ("", ""), ("abc", "abc"), ("<a>", "&a&"), ("é<", "é&"), ("e\u{301}<\u{301}", "e\u{301}&\u{301}"),
  ])
  func escaping(_ text: String, _ escaped: String) {
    #expect(text.escaped { $0 == "<" || $0 == ">" ? "&" : nil } == escaped)
  }
}

import Testing

@testable import LMCore

@Suite struct JSONTests {
  @Test(
    arguments: [
      ("{}", [:]), (" \t\r\n{} \n", [:]), ("[]", []), ("null", nil), ("true", true),
      ("[false , null]", [false, nil]),
      (#"{"a":1,"b":[2,{"c":"d"}]}"#, ["a": .number("1"), "b": [.number("2"), ["c": "d"]]]),
      ("0", .number("0")), ("-0", .number("-0")), ("2.0", .number("2.0")), ("2e0", .number("2e0")),
      ("-1.5E+10", .number("-1.5E+10")),
      ("123456789012345678901234567890", .number("123456789012345678901234567890")),
      (#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\ude00""#, "\"\\/\u{8}\u{C}\n\r\tAé€😀"),
      ("\"é€😀\u{7F}\u{2028}\"", "é€😀\u{7F}\u{2028}"), (#""""#, ""), (#"{"":"\u0000"}"#, ["": "\u{0}"]),
    ] as [(String, JSON)])
  func accepts(_ text: String, _ expected: JSON) throws {
    #expect(try JSON(parsing: text) == expected)
  }

  /// Members keep their order and duplicates; the last one counts, as in Python.
  @Test func duplicateMembers() throws {
    let value = try JSON(parsing: #"{"b":1,"a":2,"b":3}"#)
    #expect(value.members?.map(\.name) == ["b", "a", "b"])
    #expect(value["b"]?.int == 3)
  }

  @Test(arguments: [
    ("", 0, "the text ends where a value should stand"),
    ("  ", 2, "the text ends where a value should stand"),
    ("\u{FEFF}{}", 0, "a value that is no JSON"),
    ("{} x", 3, "text after the end of the document"),
    ("{}\u{0}", 2, "text after the end of the document"),
    ("[1,]", 3, "a value that is no JSON"),
    ("[,1]", 1, "a value that is no JSON"),
    ("[1 2]", 3, "a comma or closing bracket is missing"),
    ("[1", 2, "a comma or closing bracket is missing"),
    ("[", 1, "the text ends where a value should stand"),
    (#"{"a":1,}"#, 7, "a member name in quotes is missing"),
    ("{,}", 1, "a member name in quotes is missing"),
    ("{a:1}", 1, "a member name in quotes is missing"),
    (#"{"a" 1}"#, 5, "a colon is missing after a member name"),
    (#"{"a":1 "b":2}"#, 7, "a comma or closing brace is missing"),
    (#"{"a":}"#, 5, "a value that is no JSON"),
    ("// c\n1", 0, "a value that is no JSON"),
    ("[1, /* c */ 2]", 4, "a value that is no JSON"),
    ("01", 1, "a number with a leading zero"),
    ("-01", 2, "a number with a leading zero"),
    ("-", 1, "a value that is no JSON"), ("+1", 0, "a value that is no JSON"),
    (".5", 0, "a value that is no JSON"),
    ("1.", 2, "a number without digits after its point"),
    ("1e", 2, "a number without digits in its exponent"),
    ("1e+", 3, "a number without digits in its exponent"),
    ("NaN", 0, "a value that is no JSON"), ("Infinity", 0, "a value that is no JSON"),
    ("True", 0, "a value that is no JSON"), ("nul", 0, "a value that is no JSON"),
    ("'a'", 0, "a value that is no JSON"),
    ("truex", 4, "text after the end of the document"),
    (#""abc"#, 4, "a string without a closing quote"), (#""abc\"#, 5, "a string without a closing quote"),
    ("\"a\nb\"", 2, "a raw control character in a string"),
    ("\"\\n\tb\"", 3, "a raw control character in a string"),
    ("\"\u{0}\"", 1, "a raw control character in a string"),
    (#""\x""#, 2, "an unknown escape in a string"),
    (#""\u12g4""#, 5, "four hexadecimal digits are missing after \\u"),
    (#""\u12"#, 5, "four hexadecimal digits are missing after \\u"),
    (#""\u001\u0011""#, 6, "four hexadecimal digits are missing after \\u"),
    (#""\uD800""#, 7, "a lone surrogate in a string"), (#""\uDC00""#, 7, "a lone surrogate in a string"),
    (#""\uD800\u0041""#, 13, "a lone surrogate in a string"),
    (#""\uD800\n""#, 8, "a lone surrogate in a string"),
  ])
  func rejects(_ text: String, _ offset: Int, _ problem: String) {
    let line = 1 + text.utf8.prefix(offset).count { $0 == 0x0A }
    #expect(throws: JSONError(offset: offset, line: line, problem: problem)) { try JSON(parsing: text) }
    // Readers that skip values are as strict as those that keep them.
    #expect(throws: JSONError(offset: offset, line: line, problem: problem)) {
      try Array(text.utf8).withUnsafeBytesTyped { bytes throws(JSONError) in
        var scanner = JSONScanner(bytes)
        try scanner.skipValue()
        try scanner.finish()
      }
    }
  }

  /// What Python's `json` writes for numbers that are not finite, in files of a model only.
  @Test(arguments: ["NaN", "Infinity", "-Infinity", "[1,NaN]", #"{"a": -Infinity }"#])
  func pythonsNumbers(_ text: String) throws {
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
    let value = try JSON(parsing: Array(text.utf8), dialect: .python)
    #expect(value.description == text.replacing(" ", with: ""))
    #expect(value.double?.isFinite != true && value.int == nil)
    for damaged in [String(text.dropLast()), text + "N"] {
      #expect(throws: JSONError.self) { try JSON(parsing: Array(damaged.utf8), dialect: .python) }
    }
  }

  @Test(
    arguments: [
      ([0x80], 1), ([0x61, 0xC3], 2), ([0xC0, 0x80], 1), ([0xED, 0xA0, 0x80], 1),
      ([0xF4, 0x90, 0x80, 0x80], 1),
      ([0xC3, 0xA9, 0xFF], 3), ([0x5C, 0x6E, 0xFF], 3),
    ] as [([UInt8], Int)])
  func rejectsStringsThatAreNotUTF8(_ content: [UInt8], _ offset: Int) {
    let quote = UInt8(ascii: "\"")
    let expected = JSONError(offset: offset, line: 1, problem: "a string that is not UTF-8")
    #expect(throws: expected) { try JSON(parsing: [quote] + content + [quote]) }
  }

  @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
  func nesting(_ open: String, _ close: String) throws {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }
    _ = try JSON(parsing: nested(128))
    let expected = JSONError(offset: 128 * open.utf8.count, line: 1, problem: "nesting deeper than 128")
    #expect(throws: expected) { try JSON(parsing: nested(129)) }
    // Depth counts open containers, not all there were.
    _ = try JSON(parsing: "[" + Array(repeating: nested(100), count: 5).joined(separator: ",") + "]")
  }

  @Test func linesCount() {
    let expected = JSONError(offset: 8, line: 3, problem: "a value that is no JSON")
    #expect(throws: expected) { try JSON(parsing: "[\n1,\n2, x]") }
    #expect(expected.description == "a value that is no JSON at line 3 (byte 8)")
  }

  @Test(
    arguments: [
      ("2", 2), ("-7", -7), ("0", 0), ("9223372036854775807", Int.max), ("9223372036854775808", nil),
      ("2.0", nil), ("2e0", nil),
      ("\"2\"", nil),
    ] as [(String, Int?)])
  func integers(_ text: String, _ expected: Int?) throws {
    #expect(try JSON(parsing: text).int == expected)
  }

  @Test func writingIsReadBack() throws {
    let value: JSON = [
      "text": .string("\"\\\n\r\t\u{1}\u{1B}\u{7F}é😀/"),
      "list": [JSON(1), JSON(-2.5), JSON(1e300), nil, true], "empty": [:],
    ]
    #expect(try JSON(parsing: value.description) == value)
    #expect(JSON(Double.nan) == .null)
    #expect(JSON(3.0).description == "3")
    #expect(JSON(0.1).description == "0.1")
    #expect(JSON("\u{1B}\n").description == #""\u001b\n""#)
  }
}

import Testing

@testable import LMCore

/// What readers of large answers use, which the parser of values does not.
@Suite struct JSONScannerTests {
  private func scan<Value>(_ text: String, _ body: (inout JSONScanner) throws -> Value) throws -> Value {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes)
      let value = try body(&scanner)
      try scanner.finish()
      return value
    }
  }

  private func double(_ text: String) throws -> Double { try scan(text) { try $0.readDouble() } }

  @Test(arguments: [
    "0", "-0", "0.0", "-0.000", "1", "255", "9007199254740993", "999999999999999999", "1000000000000000000",
    "18446744073709551616", "0.1", "-0.3", "1e-27", "1e-28", "123456789012345678e-27", "5e-324", "1e309",
    "-1e309",
    "1e-99999999999999999999", "2.2250738585072011e-308", "0.000122070312500000000001", "17.25e2", "1E+2",
    // Half way between two of Double, and a little beside it.
    "0.500000000000000055", "0.5000000000000000555", "9007199254740993.0", "9007199254740992.99",
    "4503599627370496.5",
    "4503599627370497.5",
  ])
  func numbers(_ text: String) throws {
    let (own, known) = (try double(text), try #require(Double(text)))
    #expect(own == known && own.sign == known.sign, "\(text)")
  }

  @Test func manyNumbers() throws {
    var source = RandomSource(seed: 5)
    for count in 1...20 {
      for places in 0...30 {
        for _ in 0..<40 {
          var digits = (0..<count).map { _ in String(Int(source.nextUniform() * 10)) }.joined()
          if places < 25 {
            digits = "0." + String(repeating: "0", count: places) + digits
          } else {
            digits = "\(digits.first!).\(digits)e-\(places - 25)"
          }
          #expect(try double(digits) == Double(digits), "\(digits)")
        }
      }
    }
  }

  @Test func stringsOfAllLengths() throws {
    for count in 0...33 {
      for special in ["", "é", "\\n", "\\\"", "\u{7F}"] {
        for place in 0...count {
          let (front, back) = (
            String(repeating: "a", count: place), String(repeating: "!", count: count - place)
          )
          let text = "\"" + front + special + back + "\""
          var read: [UInt8] = []
          try scan(text) { try $0.readString(into: &read) }
          let plain = special == "\\n" ? "\n" : special == "\\\"" ? "\"" : special
          #expect(String(decoding: read, as: UTF8.self) == front + plain + back)
        }
        for control in ["\u{0}", "\u{1F}"] {
          let text = "\"" + String(repeating: "b", count: count) + control + special + "\""
          var read: [UInt8] = []
          let error = #expect(throws: JSONError.self) { try scan(text) { try $0.readString(into: &read) } }
          #expect(error?.offset == count + 1 && error?.problem == "a raw control character in a string")
        }
      }
    }
  }

  @Test func namesAmongOthers() throws {
    let names: MemberNames = ["id", "token", "in"]
    let found = try scan(#"{"token" : 1, "id":2,"x":3,"toke":4,"tokens":5,"\u0069d":6,"é":7,"":8,"in":9}"#) {
      scanner in
      var found: [Int?] = []
      try scanner.open(.object)
      while try scanner.hasNext(in: .object) {
        found.append(try scanner.readName(among: names))
        try scanner.skipValue()
      }
      return found
    }
    #expect(found == [1, 0, nil, nil, nil, nil, nil, nil, 2])
  }

  @Test(
    arguments: [
      ("[]", []), ("[ ]", []), ("[0]", [0]), ("[255,1,10]", [255, 1, 10]), ("[ 1 , 2,3 ]", [1, 2, 3]),
      ("[2.0,1e1]", [2, 10]),
      ("[256]", nil), ("[-1]", nil), ("[1,2.5]", nil), ("[1,1000000000000]", nil),
    ] as [(String, [UInt8]?)])
  func bytes(_ text: String, _ expected: [UInt8]?) throws {
    var read: [UInt8] = [7]
    let isRead = try Array(text.utf8).withUnsafeBytes { raw in
      var scanner = JSONScanner(raw)
      return try scanner.readBytes(into: &read)
    }
    #expect(isRead == (expected != nil))
    if let expected { #expect(read == expected) }
  }

  @Test(arguments: [
    ("[1,]", 3, "a value that is no JSON"), ("[1 2]", 3, "a comma or closing bracket is missing"),
    ("[01]", 2, "a number with a leading zero"), ("[1", 2, "a comma or closing bracket is missing"),
    ("[1,", 3, "the text ends where a value should stand"), ("[,1]", 1, "a value that is no JSON"),
    ("{}", 0, "an array is missing"), ("[1,\"2\"]", 3, "a value that is no JSON"),
  ])
  func badBytes(_ text: String, _ offset: Int, _ problem: String) {
    var read: [UInt8] = []
    let error = #expect(throws: JSONError.self) { try scan(text) { _ = try $0.readBytes(into: &read) } }
    #expect(error?.offset == offset && error?.problem == problem)
  }
}

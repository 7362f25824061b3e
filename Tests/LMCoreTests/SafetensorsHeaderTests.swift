import Testing

@testable import LMCore

@Suite struct SafetensorsHeaderTests {
  static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    file(Array(header.utf8), data: data, length: length)
  }

  static func file(_ header: [UInt8], data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header
      + [UInt8](repeating: 0, count: data)
  }

  static func tensor(_ dtype: String, _ shape: String, _ begin: Int, _ end: Int) -> String {
    "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  static func read(_ bytes: [UInt8]) throws -> SafetensorsHeader {
    try bytes.withUnsafeBytes { try SafetensorsHeader(bytes: $0, file: "m") }
  }

  private func error(_ bytes: [UInt8]) -> SafetensorsError? {
    do {
      _ = try Self.read(bytes)
      return nil
    } catch { return error as? SafetensorsError }
  }

  // MARK: One test a defect, in the order in which they are looked for

  @Test func tooSmallForALength() {
    for size in 0..<8 {
      #expect(error([UInt8](repeating: 0, count: size)) == .headerTooSmall(file: "m", size: size))
    }
  }

  @Test func headerTooLarge() {
    #expect(error(Self.file("{}", length: 100_000_001)) == .headerTooLarge(file: "m", length: 100_000_001))
    #expect(error(Self.file("{}", length: .max)) == .headerTooLarge(file: "m", length: .max))
    // The limit itself is not too large, but more than the file holds.
    #expect(
      error(Self.file("{}", length: 100_000_000))
        == .invalidHeaderLength(file: "m", length: 100_000_000, size: 10))
  }

  @Test func headerPastTheEnd() {
    #expect(error(Self.file("{}", length: 3)) == .invalidHeaderLength(file: "m", length: 3, size: 10))
  }

  @Test func headerNotUTF8() {
    #expect(error(Self.file(Array("{\"a".utf8) + [0xFF] + Array("\":1}".utf8))) == .invalidHeader(file: "m"))
    #expect(error(Self.file([0xC0, 0x80])) == .invalidHeader(file: "m"))
  }

  @Test(arguments: [
    "", " ", "[]", "null", "\"\"", "3", "{", "{}}", "{},", "{\"a\":}", "\u{FEFF}{}", "{}\0", "{\"a\":1,}",
    "{/**/}",
    "{\"a\":null}", "{\"a\":3}", "{\"a\":{}}",
    "{\"a\":{\"shape\":[],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}",
    "{\"a\":{\"dtype\":\"f32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F31\",\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":32,\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":0,\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":null,\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"0\"],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[-0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0.0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0e0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[00],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[18446744073709551616],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[-1,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":\"\"}}",
    "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":{\"a\":null}}", "{\"__metadata__\":[]}",
    "{\"__metadata__\":{},\"__metadata__\":{}}",
    "{\"a\\ud800\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"a\n\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":"
      + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}}",
  ])
  func headerOutsideTheSchema(_ header: String) {
    guard case .invalidHeaderDeserialization(let file, let problem) = error(Self.file(header)) else {
      Issue.record("\(header) gives \(String(describing: error(Self.file(header))))")
      return
    }
    #expect(file == "m")
    #expect(!problem.isEmpty)
  }

  @Test(arguments: [
    // Not from the start; a gap; an overlap; backwards.
    ("{\"a\":\(tensor("F32", "[1]", 4, 8))}", 8, "a"),
    ("{\"a\":\(tensor("F32", "[1]", 0, 4)),\"b\":\(tensor("F32", "[1]", 8, 12))}", 12, "b"),
    ("{\"a\":\(tensor("F32", "[1]", 0, 4)),\"b\":\(tensor("F32", "[1]", 0, 4))}", 4, "b"),
    ("{\"a\":\(tensor("F32", "[2]", 0, 8)),\"b\":\(tensor("F32", "[1]", 4, 8))}", 8, "b"),
    ("{\"a\":\(tensor("F32", "[1]", 0, 4)),\"b\":\(tensor("F32", "[1]", 4, 0))}", 8, "b"),
    // Of two tensors with one name the last stands, and leaves a hole.
    ("{\"a\":\(tensor("F32", "[1]", 0, 4)),\"a\":\(tensor("F32", "[1]", 4, 8))}", 8, "a"),
  ])
  func offsetsWithHolesOrOverlaps(_ header: String, _ data: Int, _ name: String) {
    #expect(error(Self.file(header, data: data)) == .invalidOffset(file: "m", tensor: name))
  }

  @Test(arguments: [
    "[18446744073709551615,2]", "[4294967296,4294967296,0]", "[18446744073709551615]",
    "[576460752303423488]",
  ])
  func shapeThatOverflows(_ shape: String) {
    let header = "{\"a\":\(Self.tensor("F32", shape, 0, 4))}"
    #expect(error(Self.file(header, data: 4)) == .validationOverflow(file: "m", tensor: "a"))
  }

  @Test(arguments: [("F4", "[1]"), ("F4", "[3,3]"), ("F6_E2M3", "[1]"), ("F6_E3M2", "[2]")])
  func bitsThatFillNoByte(_ dtype: String, _ shape: String) {
    let header = "{\"a\":\(Self.tensor(dtype, shape, 0, 1))}"
    #expect(error(Self.file(header, data: 1)) == .misalignedSlice(file: "m", tensor: "a"))
  }

  @Test func shapeAndOffsetsDisagree() {
    #expect(
      error(Self.file("{\"a\":\(Self.tensor("F16", "[2,3]", 0, 11))}", data: 11))
        == .tensorInvalidInfo(file: "m", tensor: "a", shapeBytes: 12, offsetBytes: 11))
    #expect(
      error(Self.file("{\"a\":\(Self.tensor("BOOL", "[]", 0, 0))}"))
        == .tensorInvalidInfo(file: "m", tensor: "a", shapeBytes: 1, offsetBytes: 0))
  }

  @Test func truncatedOrWithATail() {
    let header = "{\"a\":\(Self.tensor("F32", "[2]", 0, 8))}"
    let whole = 8 + header.utf8.count + 8
    for data in [0, 1, 7, 9, 100] {
      let bytes = Self.file(header, data: data)
      let found = error(bytes)
      #expect(found == .metadataIncompleteBuffer(file: "m", expected: UInt64(whole), size: bytes.count))
      #expect(found?.description.contains(data < 8 ? "cut short" : "belongs to none") == true)
    }
    #expect(error(Self.file("{}", data: 1)) == .metadataIncompleteBuffer(file: "m", expected: 10, size: 11))
  }

  @Test func earlierDefectsWin() {
    // Overflow before the size, the offset before the overflow, the schema before either.
    #expect(
      error(Self.file("{\"a\":\(Self.tensor("F32", "[18446744073709551615]", 1, 4))}", data: 9))
        == .invalidOffset(file: "m", tensor: "a"))
    guard case .invalidHeaderDeserialization = error(Self.file("{\"a\":\(Self.tensor("X", "[1]", 9, 4))}"))
    else {
      Issue.record("the schema comes first")
      return
    }
  }

  // MARK: What is allowed

  @Test(arguments: [
    ("{}", 0), (" {}", 0), ("{} \t\r\n", 0), ("{\"__metadata__\":null}", 0),
    ("{\"__metadata__\":{\"format\":\"pt\"}}", 0),
    ("{\"a\":\(tensor("F32", "[]", 0, 4))}", 4),
    ("{\"a\":\(tensor("F32", "[0]", 0, 0))}", 0),
    ("{\"a\":\(tensor("F32", "[0,18446744073709551615]", 0, 0))}", 0),
    ("{\"\":\(tensor("U8", "[3]", 0, 3))}", 3),
    ("{\"../../x\":\(tensor("U8", "[3]", 0, 3))}", 3),
    ("{\"\\u0000\":\(tensor("U8", "[3]", 0, 3))}", 3),
    ("{\"a\":{\"x\":[{}],\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,1],\"x\":2}}", 1),
    ("{\"b\":\(tensor("F32", "[1]", 3, 7)),\"a\":\(tensor("U8", "[3]", 0, 3))}", 7),
    (
      "{\"a\":\(tensor("F32", "[1]", 0, 4)),\"b\":\(tensor("F32", "[0]", 4, 4)),\"c\":\(tensor("F32", "[1]", 4, 8))}",
      8
    ),
    ("{\"b\":\(tensor("F32", "[0]", 0, 0)),\"a\":\(tensor("F32", "[1]", 0, 4))}", 4),
    ("{\"a\":\(tensor("F32", "[9]", 0, 36)),\"a\":\(tensor("F32", "[1]", 0, 4))}", 4),
    ("{\"a\":\(tensor("F6_E2M3", "[4]", 0, 3))}", 3), ("{\"a\":\(tensor("C64", "[1]", 0, 8))}", 8),
    ("{\"a\":\(tensor("F8_E4M3FNUZ", "[1]", 0, 1))}", 1),
  ])
  func headersThatAreFine(_ header: String, _ data: Int) throws {
    #expect(error(Self.file(header, data: data)) == nil)
  }

  @Test func tellsWhereTensorsLie() throws {
    let header =
      "{\"w\":\(Self.tensor("BF16", "[2,3]", 1, 13)),\"m\":\(Self.tensor("BOOL", "[1]", 0, 1)),\"s\":\(Self.tensor("F32", "[]", 13, 17))}"
    var bytes = Self.file(header, data: 17)
    for i in 0..<17 { bytes[bytes.count - 17 + i] = UInt8(i) }
    try bytes.withUnsafeBytes { raw in
      let file = try SafetensorsFile(bytes: raw, name: "m")
      #expect(file.header.dataStart == 8 + header.utf8.count)
      #expect(file.header.tensors["w"] == SafetensorsTensor(dtype: "BF16", shape: [2, 3], begin: 1, end: 13))
      #expect(Array(try file.bytes(of: "w")) == Array(1...12))
      #expect(Array(try file.bytes(of: "s")) == [13, 14, 15, 16])
      #expect(throws: SafetensorsError.tensorNotFound(file: "m", tensor: "x")) { try file.bytes(of: "x") }
    }
  }

  @Test func anyCutOfAFileIsAnErrorNotACrash() throws {
    let header = "{\"a\":\(Self.tensor("F32", "[2]", 0, 8)),\"b\":\(Self.tensor("U8", "[3]", 8, 11))}"
    let whole = Self.file(header, data: 11)
    #expect(error(whole) == nil)
    for length in 0..<whole.count { #expect(error(Array(whole.prefix(length))) != nil) }
    // Nor any changed byte; most give another valid file or an error.
    var generator = RandomSource(seed: 3)
    for _ in 0..<5000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      _ = error(bytes)
    }
  }

  @Test func sentencesNameFileAndTensor() {
    let errors: [SafetensorsError] = [
      .headerTooSmall(file: "F.x", size: 1), .headerTooLarge(file: "F.x", length: 1),
      .invalidHeaderLength(file: "F.x", length: 1, size: 1), .invalidHeader(file: "F.x"),
      .invalidHeaderDeserialization(file: "F.x", problem: "p"), .invalidOffset(file: "F.x", tensor: "T.y"),
      .validationOverflow(file: "F.x", tensor: "T.y"), .misalignedSlice(file: "F.x", tensor: "T.y"),
      .tensorInvalidInfo(file: "F.x", tensor: "T.y", shapeBytes: 1, offsetBytes: 2),
      .metadataIncompleteBuffer(file: "F.x", expected: 1, size: 2),
      .tensorNotFound(file: "F.x", tensor: "T.y"),
    ]
    for error in errors {
      #expect(error.description.hasPrefix("F.x"), "\(error)")
      #expect(error.description.hasSuffix("."), "\(error)")
      #expect(!error.description.contains("\n"))
      switch error {
      case .invalidOffset, .validationOverflow, .misalignedSlice, .tensorInvalidInfo, .tensorNotFound:
        #expect(error.description.contains("\"T.y\""))
      default: break
      }
    }
  }
}

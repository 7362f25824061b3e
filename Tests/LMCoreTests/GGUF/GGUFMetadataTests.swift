import Testing

@testable import LMCore

@Suite struct GGUFMetadataTests {
  private typealias Builder = GGUFBuilder

  private func fixture(_ name: String) throws -> GGUFFile {
    try GGUFFile(path: ReferenceModel.fixtures.path + "/GGUF/\(name).gguf")
  }

  private func texts(_ strings: GGUFStrings) -> [String] {
    strings.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Each type at the ends of its range, as gguf-py wrote it.
  @Test(arguments: ["metadata", "version-2", "alignment-64"])
  func valuesOfEveryType(_ name: String) throws {
    let file = try fixture(name)
    let all = Int.min...Int.max
    let metadata = file.metadata
    #expect(file.version == (name == "version-2" ? 2 : 3))
    #expect(file.alignment == (name == "alignment-64" ? 64 : 32))
    #expect(metadata.keys.first == "general.architecture" && metadata.keys.last == "list.string")
    #expect(try metadata.text("general.architecture") == "llama")
    #expect(try metadata.integer("u8") == 255)
    #expect(try metadata.integer("i8", in: all) == -128)
    #expect(try metadata.integer("u16") == 65_535)
    #expect(try metadata.integer("i16", in: all) == -32_768)
    #expect(try metadata.integer("u32") == 4_294_967_295)
    #expect(try metadata.integer("i32", in: all) == -2_147_483_648)
    #expect(try metadata.number("u64") == 0x1p64)
    #expect(try metadata.integer("i64", in: all) == Int.min)
    #expect(try metadata.number("f32") == Double(Float(1e-5)))
    #expect(try metadata.number("f64") == 1e-300)
    #expect(try metadata.number("i8") == -128)
    #expect(try metadata.flag("yes"))
    #expect(try !metadata.flag("no"))
    #expect(try metadata.text("text") == "Grüße, 世界 🌍")
    #expect(try metadata.text("empty") == "")
    #expect(try metadata.integers("list.u8") == [0, 255])
    #expect(try metadata.integers("list.i8") == [-128, 127])
    #expect(try metadata.integers("list.u16") == [0, 65_535])
    #expect(try metadata.integers("list.i16") == [-32_768, 32_767])
    #expect(try metadata.integers("list.u32") == [0, 4_294_967_295])
    #expect(try metadata.integers("list.i32") == [-2_147_483_648, 2_147_483_647])
    #expect(try metadata.integers("list.u64") == [0, Int.max])
    #expect(try metadata.integers("list.i64") == [Int.min, Int.max])
    let floats = try metadata.numbers("list.f32")
    #expect(floats == [0.5, 0, -.infinity] && floats[1].sign == .minus)
    #expect(try metadata.numbers("list.f64") == [0.1, 1e300])
    #expect(try metadata.flags("list.bool") == [true, false, true])
    let strings = try metadata.strings("list.string")
    #expect(strings.count == 5 && texts(strings) == ["", "Ġthe", "▁", "<0xFF>", "日本"])
  }

  @Test(arguments: ["metadata", "version-2", "alignment-64"])
  func tensorsOfEveryShape(_ name: String) throws {
    let file = try fixture(name)
    #expect(file.tensorNames == ["vector", "matrix", "cube"] && file.isMapped)
    let (vector, matrix, cube) = (
      try file.tensor("vector"), try file.tensor("matrix"), try file.tensor("cube")
    )
    #expect(vector.format == .float32 && vector.shape == [5] && vector.rows == 1)
    #expect(vector.dequantized(rows: 0..<1) == [0, 1, 2, 3, 4])
    #expect(matrix.format == .float16 && matrix.shape == [2, 3])
    #expect(matrix.dequantized(rows: 1..<2) == [3, 4, 5])
    #expect(matrix.dequantized(rows: 1..<1) == [])
    #expect(cube.shape == [4, 3, 2] && cube.rows == 12)
    #expect(cube.dequantized(rows: 0..<12) == (0..<24).map { Float($0) })
  }

  @Test func aMissingKeyIsAnErrorOrAFallback() throws {
    let metadata = try fixture("metadata").metadata
    let error = GGUFError.missingKey(file: metadata.file, key: "no.key")
    #expect(throws: error) { try metadata.text("no.key") }
    #expect(throws: error) { try metadata.flag("no.key") }
    #expect(throws: error) { try metadata.integer("no.key") }
    #expect(throws: error) { try metadata.layerInteger("no.key", layers: 2) }
    #expect(throws: error) { try metadata.number("no.key") }
    #expect(throws: error) { try metadata.strings("no.key") }
    #expect(throws: error) { try metadata.integers("no.key") }
    #expect(throws: error) { try metadata.numbers("no.key") }
    #expect(throws: error) { try metadata.flags("no.key") }
    #expect(try metadata.text("no.key", or: "t") == "t")
    #expect(try metadata.flag("no.key", or: true))
    #expect(try metadata.integer("no.key", or: 7) == 7)
    #expect(try metadata.number("no.key", or: 0.5) == 0.5)
    #expect(try metadata.layerInteger("no.key", layers: 2, or: 7) == 7)
    #expect(!metadata.has("no.key") && metadata.kind(of: "no.key") == nil)
    #expect(metadata.has("u8") && metadata.count(of: "u8") == 1 && metadata.count(of: "list.string") == 5)
    #expect(metadata.kind(of: "list.u8") == GGUFValueKind(type: .uint8, isList: true))
  }

  /// A value of another kind is no value, whatever the fallback.
  @Test func aValueOfAnotherKindIsAnError() throws {
    let metadata = try fixture("metadata").metadata
    func wrong(_ key: String, _ wanted: String) throws -> GGUFError {
      .wrongKind(
        file: metadata.file, key: key, found: try #require(metadata.kind(of: key)), wanted: wanted)
    }
    #expect(throws: try wrong("u8", "a text")) { try metadata.text("u8", or: "t") }
    #expect(throws: try wrong("list.string", "a text")) { try metadata.text("list.string") }
    #expect(throws: try wrong("u8", "true or false")) { try metadata.flag("u8", or: true) }
    #expect(throws: try wrong("f32", "a whole number")) { try metadata.integer("f32", or: 1) }
    #expect(throws: try wrong("yes", "a whole number")) { try metadata.integer("yes") }
    #expect(throws: try wrong("text", "a number")) { try metadata.number("text", or: 1) }
    #expect(throws: try wrong("text", "a list of texts")) { try metadata.strings("text") }
    #expect(throws: try wrong("list.u8", "a list of texts")) { try metadata.strings("list.u8") }
    #expect(throws: try wrong("list.f32", "a list of whole numbers")) { try metadata.integers("list.f32") }
    #expect(throws: try wrong("f32", "a list of numbers")) { try metadata.numbers("f32") }
    #expect(throws: try wrong("list.u8", "a list of true and false")) { try metadata.flags("list.u8") }
    #expect(
      try wrong("list.f32", "a text").description.hasSuffix(
        ": the value of \"list.f32\" is a list of numbers with decimals, but must be a text."))
  }

  @Test func aValueOutsideItsRangeIsAnError() throws {
    let metadata = try fixture("metadata").metadata
    func invalid(_ key: String, _ value: String, _ wanted: String) -> GGUFError {
      .invalidValue(file: metadata.file, key: key, value: value, wanted: wanted)
    }
    #expect(throws: invalid("u8", "255", "a whole number from 1 to 254")) {
      try metadata.integer("u8", in: 1...254)
    }
    #expect(throws: invalid("i8", "-128", "a whole number from 0 on")) { try metadata.integer("i8") }
    #expect(throws: invalid("u64", "18446744073709551615", "a whole number from 0 on")) {
      try metadata.integer("u64", or: 1)
    }
    #expect(throws: invalid("list.i8", "-128", "a whole number from 0 to 9")) {
      try metadata.integers("list.i8", in: 0...9)
    }
    #expect(throws: invalid("f32", "9.999999747378752e-06", "a number from 1.0 to 2.0")) {
      try metadata.number("f32", in: 1...2)
    }
    let file = Builder.with(
      keys: Builder.key("nan", .float32, Builder.number(Float.nan.bitPattern)),
      Builder.key("huge", .float64, Builder.number(Double.infinity.bitPattern)),
      Builder.key("bytes", .string, Builder.text([0x61, 0xFF])))
    try file.read { file throws in
      func error(_ key: String, _ value: String, _ wanted: String) -> GGUFError {
        .invalidValue(file: "m", key: key, value: value, wanted: wanted)
      }
      #expect(throws: error("nan", "nan", "a finite number")) { try file.metadata.number("nan") }
      #expect(throws: error("huge", "inf", "a finite number")) { try file.metadata.number("huge") }
      #expect(throws: error("bytes", "a\u{FFFD}", "UTF-8 text")) { try file.metadata.text("bytes") }
    }
  }

  @Test func oneNumberForAllLayers() throws {
    let heads = { (heads: [UInt8]) in Builder.list("heads", .uint8, count: UInt64(heads.count), heads) }
    func read(_ key: [UInt8], layers: Int) throws -> Int {
      try Builder.with(keys: key).read { try $0.metadata.layerInteger("heads", layers: layers, in: 1...9) }
    }
    func error(_ value: String, layers: Int) -> GGUFError {
      let wanted = "one number, or the same number for each of \(layers) layers"
      return .invalidValue(file: "m", key: "heads", value: value, wanted: wanted)
    }
    #expect(try read(Builder.key("heads", .uint32, Builder.number(UInt32(4))), layers: 3) == 4)
    #expect(try read(heads([4, 4, 4]), layers: 3) == 4)
    #expect(throws: error("a list of 3 numbers", layers: 3)) { try read(heads([4, 4, 2]), layers: 3) }
    #expect(throws: error("a list of 2 numbers", layers: 3)) { try read(heads([4, 4]), layers: 3) }
    #expect(throws: error("a list of 0 numbers", layers: 3)) { try read(heads([]), layers: 3) }
    #expect(throws: GGUFError.self) { try read(heads([0, 0]), layers: 2) }
  }

  /// Its texts are where they lie, and only walked through: 262,144 of them open at once.
  @Test func aLargeVocabularyTakesNoTime() throws {
    let count = 262_144
    let tokens = (0..<count).flatMap { Builder.text("token \($0)") }
    let key = "tokenizer.ggml.tokens"
    let file = Builder.with(keys: Builder.list(key, .string, count: UInt64(count), tokens))
    try file.bytes.withUnsafeBytes { bytes in
      let clock = ContinuousClock()
      var file: GGUFFile?
      let time = try clock.measure { file = try GGUFFile(bytes: bytes, name: "m") }
      // 20 ms without optimisation on a slow machine.
      #expect(time < .seconds(2))
      let strings = try #require(try file?.metadata.strings(key))
      var number = 0
      for text in strings {
        if number % 10_000 == 0 { #expect(text.elementsEqual("token \(number)".utf8)) }
        number += 1
      }
      #expect(number == count)
    }
  }

  /// What was taken out of a file keeps it mapped.
  @Test func valuesOutliveTheFile() throws {
    let strings = try fixture("metadata").metadata.strings("list.string")
    let tensor = try fixture("metadata").tensor("matrix")
    #expect(texts(strings).last == "日本")
    #expect(tensor.dequantized(rows: 0..<2) == [0, 1, 2, 3, 4, 5])
  }
}

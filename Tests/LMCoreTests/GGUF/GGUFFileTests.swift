import Foundation
import Testing

@testable import LMCore

/// The container: one row a defect.
@Suite struct GGUFFileTests {
  private typealias Builder = GGUFBuilder

  struct Defect: Sendable, CustomTestStringConvertible {
    let file: GGUFBuilder
    let error: GGUFError

    init(_ file: GGUFBuilder, _ error: GGUFError) { (self.file, self.error) = (file, error) }

    var testDescription: String { error.description }
  }

  // MARK: First bytes and keys

  static let container: [Defect] = [
    Defect(GGUFBuilder(magic: "GGUX"), .notGGUF(file: "m")),
    Defect(GGUFBuilder(magic: "tjgg"), .olderFormat(file: "m")),
    Defect(GGUFBuilder(magic: "lmgg"), .olderFormat(file: "m")),
    Defect(GGUFBuilder(version: 0), .unsupportedVersion(file: "m", version: 0)),
    Defect(GGUFBuilder(version: 1), .unsupportedVersion(file: "m", version: 1)),
    Defect(GGUFBuilder(version: 4), .unsupportedVersion(file: "m", version: 4)),
    Defect(GGUFBuilder(version: 3 << 24), .bigEndian(file: "m")),
    Defect(GGUFBuilder(keyCount: 1 << 62), .tooManyKeys(file: "m", count: 1 << 62, most: 0)),
    Defect(GGUFBuilder(keyCount: 1), .tooManyKeys(file: "m", count: 1, most: 0)),
    Defect(
      GGUFBuilder(keyCount: 65_537, data: 14 * 65_537),
      .tooManyKeys(file: "m", count: 65_537, most: 65_536)),
    Defect(GGUFBuilder(tensorCount: .max), .tooManyTensors(file: "m", count: .max, most: 0)),
    Defect(
      GGUFBuilder(tensorCount: 65_537, data: 33 * 65_537),
      .tooManyTensors(file: "m", count: 65_537, most: 65_536)),
    Defect(
      .with(keys: Builder.key("split.count", .uint16, Builder.number(UInt16(3)))),
      .oneOfSeveralParts(file: "m", parts: 3)),
    Defect(
      .with(keys: Builder.key("", .uint64, Builder.number(UInt64(1)))),
      .keyLength(file: "m", place: .key(1, of: 1), length: 0)),
    Defect(
      .with(keys: Builder.key(String(repeating: "k", count: 65_536), .uint8, [1])),
      .keyLength(file: "m", place: .key(1, of: 1), length: 65_536)),
    Defect(
      .with(keys: Builder.text([0x61, 0xFF]) + Builder.number(UInt32(0)) + [1]),
      .keyNotUTF8(file: "m", place: .key(1, of: 1))),
    Defect(
      .with(keys: Builder.key("a", .uint8, [1]), Builder.key("a", .bool, [1])),
      .duplicateKey(file: "m", key: "a")),
    Defect(
      .with(keys: Builder.text("a") + Builder.number(UInt32(13)) + [1]),
      .unknownValueType(file: "m", key: "a", type: 13)),
    Defect(
      .with(keys: Builder.key("a", .array, Builder.number(UInt32(13)) + Builder.number(UInt64(0)))),
      .unknownValueType(file: "m", key: "a", type: 13)),
    Defect(
      .with(keys: Builder.list("a", .array, count: 1)), .nestedList(file: "m", key: "a")),
    Defect(
      .with(keys: Builder.key("a", .bool, [2])), .neitherTrueNorFalse(file: "m", key: "a", value: 2)),
    Defect(
      .with(keys: Builder.list("a", .bool, count: 3, [1, 0, 255])),
      .neitherTrueNorFalse(file: "m", key: "a", value: 255)),
    Defect(
      .with(keys: Builder.text("longer than a byte") + Builder.number(UInt32(4)) + [1, 0, 0]),
      .cutShort(file: "m", place: .value(key: "longer than a byte"), size: 57)),
    Defect(
      .with(keys: Builder.key("a", .string, Builder.number(UInt64(1) << 40) + [1])),
      .textTooLong(file: "m", place: .value(key: "a"), length: 1 << 40, remaining: 1)),
    Defect(
      .with(keys: Builder.number(UInt64.max) + [0, 0, 0, 0, 0, 0]),
      .textTooLong(file: "m", place: .key(1, of: 1), length: .max, remaining: 6)),
    Defect(
      .with(keys: Builder.list("a", .uint8, count: 1 << 40, [1, 2])),
      .listTooLong(file: "m", key: "a", count: 1 << 40, remaining: 2)),
    // Eight times as many wrap around to nothing.
    Defect(
      .with(keys: Builder.list("a", .uint64, count: 1 << 61, [1, 2])),
      .listTooLong(file: "m", key: "a", count: 1 << 61, remaining: 2)),
    Defect(
      .with(keys: Builder.list("a", .string, count: 1 << 29, [1, 2])),
      .listTooLong(file: "m", key: "a", count: 1 << 29, remaining: 2)),
    // The second text has no bytes of its own left.
    Defect(
      .with(keys: Builder.list("a", .string, count: 2, Builder.text("12345678"))),
      .cutShort(file: "m", place: .value(key: "a"), size: 65)),
    Defect(
      .with(keys: Builder.key("general.alignment", .uint32, Builder.number(UInt32(24)))),
      .invalidValue(file: "m", key: "general.alignment", value: "24", wanted: "a power of two")),
    Defect(
      .with(keys: Builder.key("general.alignment", .uint32, Builder.number(UInt32(0)))),
      .invalidValue(
        file: "m", key: "general.alignment", value: "0", wanted: "a whole number from 1 to 2147483648")),
    Defect(
      .with(keys: Builder.key("general.alignment", .float32, Builder.number(UInt32(0)))),
      .wrongKind(
        file: "m", key: "general.alignment", found: GGUFValueKind(type: .float32, isList: false),
        wanted: "a whole number")),
  ]

  // MARK: Tensors

  static let tensors: [Defect] = [
    Defect(
      .with(tensors: Builder.tensor("", [8]), data: 32),
      .tensorNameLength(file: "m", place: .tensor(1, of: 1), length: 0)),
    Defect(
      .with(tensors: Builder.tensor(String(repeating: "n", count: 64), [8]), data: 32),
      .tensorNameLength(file: "m", place: .tensor(1, of: 1), length: 64)),
    Defect(
      .with(tensors: Builder.text([0xC3, 0x28]) + Builder.tensor("", [8]).dropFirst(8), data: 32),
      .tensorNameNotUTF8(file: "m", place: .tensor(1, of: 1))),
    Defect(
      .with(tensors: Builder.tensor("a", [8]), Builder.tensor("a", [8], offset: 32), data: 64),
      .duplicateTensor(file: "m", tensor: "a")),
    Defect(
      .with(tensors: Builder.tensor("a", []), data: 32), .dimensionCount(file: "m", tensor: "a", count: 0)),
    Defect(
      .with(tensors: Builder.tensor("a", [1, 1, 1, 1, 1]), data: 32),
      .dimensionCount(file: "m", tensor: "a", count: 5)),
    Defect(.with(tensors: Builder.tensor("a", [0]), data: 32), .emptyTensor(file: "m", tensor: "a")),
    Defect(.with(tensors: Builder.tensor("a", [8, 0]), data: 32), .emptyTensor(file: "m", tensor: "a")),
    Defect(
      .with(tensors: Builder.tensor("a", [1 << 63]), data: 32), .tensorTooLarge(file: "m", tensor: "a")),
    Defect(
      .with(tensors: Builder.tensor("a", [1 << 32, 1 << 32]), data: 32),
      .tensorTooLarge(file: "m", tensor: "a")),
    // The elements have an Int, their bytes none.
    Defect(
      .with(tensors: Builder.tensor("a", [1 << 31, 1 << 31]), data: 32),
      .tensorTooLarge(file: "m", tensor: "a")),
    // The bytes have an Int, the weights none.
    Defect(
      .with(tensors: Builder.tensor("a", [1 << 32, 1 << 31], type: 2), data: 32),
      .tensorTooLarge(file: "m", tensor: "a")),
    Defect(
      .with(tensors: Builder.tensor("a", [8], type: 43), data: 32),
      .unknownTensorType(file: "m", tensor: "a", type: 43)),
    Defect(
      .with(tensors: Builder.tensor("a", [8], type: .max), data: 32),
      .unknownTensorType(file: "m", tensor: "a", type: .max)),
    Defect(
      .with(tensors: Builder.tensor("a", [256], type: 23), data: 136),
      .unsupportedTensorType(file: "m", tensor: "a", type: "IQ4_XS")),
    Defect(
      .with(tensors: Builder.tensor("a", [32], type: 4), data: 32),
      .unsupportedTensorType(file: "m", tensor: "a", type: "Q4_2")),
    Defect(
      .with(tensors: Builder.tensor("a", [32], type: 39), data: 32),
      .unsupportedTensorType(file: "m", tensor: "a", type: "MXFP4")),
    Defect(
      .with(tensors: Builder.tensor("a", [48, 2], type: 2), data: 54),
      .partialBlock(file: "m", tensor: "a", columns: 48, format: .q40)),
    // 256 weights, but no row of whole blocks.
    Defect(
      .with(tensors: Builder.tensor("a", [128, 2], type: 12), data: 144),
      .partialBlock(file: "m", tensor: "a", columns: 128, format: .q4K)),
    Defect(
      .with(tensors: Builder.tensor("a", [8], offset: 4), data: 64),
      .misalignedTensor(file: "m", tensor: "a", offset: 4, alignment: 32)),
    Defect(
      .with(tensors: Builder.tensor("a", [8]), data: 31),
      .tensorBeyondEnd(file: "m", tensor: "a", end: 96, size: 95)),
    Defect(
      .with(tensors: Builder.tensor("a", [8], offset: 32), data: 32),
      .tensorBeyondEnd(file: "m", tensor: "a", end: 128, size: 96)),
    Defect(
      .with(tensors: Builder.tensor("a", [8], offset: UInt64.max - 31), data: 32),
      .tensorBeyondEnd(file: "m", tensor: "a", end: .max, size: 96)),
    Defect(
      .with(tensors: Builder.tensor("a", [8]), data: 0),
      .tensorBeyondEnd(file: "m", tensor: "a", end: 96, size: 57)),
    Defect(
      .with(tensors: Builder.tensor("a", [8]), Builder.tensor("b", [8]), data: 64),
      .overlappingTensors(file: "m", first: "a", second: "b")),
    Defect(
      .with(tensors: Builder.tensor("b", [8], offset: 32), Builder.tensor("a", [9]), data: 64),
      .overlappingTensors(file: "m", first: "a", second: "b")),
  ]

  @Test(arguments: container + tensors)
  func aDefectHasItsError(_ defect: Defect) {
    #expect(defect.file.error == defect.error)
    checkSentence(defect.error)
  }

  @Test func whatIsAskedForAndNotThereHasASentence() {
    let errors: [GGUFError] = [
      .missingKey(file: "m", key: "K.y"), .invalidValue(file: "m", key: "K.y", value: "a\nb", wanted: "w"),
      .wrongKind(
        file: "m", key: "K.y", found: GGUFValueKind(type: .bool, isList: true), wanted: "a text"),
      .missingTensor(file: "m", tensor: "K.y"),
      .wrongShape(file: "m", tensor: "K.y", shape: [1, 2], expected: [2]),
    ]
    for error in errors {
      checkSentence(error)
      #expect(error.description.contains("\"K.y\""))
    }
  }

  private func checkSentence(_ error: GGUFError) {
    let sentence = error.description
    #expect(sentence.contains(/\bm\b/) && sentence.hasSuffix("."), "\(sentence)")
    #expect(sentence.count < 300 && !sentence.contains("\n"), "\(sentence)")
  }

  @Test func aFileInOrderWithoutKeysAndTensors() throws {
    for version in [UInt32(2), 3] {
      try GGUFBuilder(version: version).read { file throws in
        #expect(file.version == Int(version) && file.metadata.keys == [] && file.tensorNames == [])
        #expect(file.alignment == 32 && file.bytes.count == 24)
      }
    }
  }

  @Test func gapsOtherOrderAndTrailingBytesAreAllowed() throws {
    let file = Builder.with(
      tensors: Builder.tensor("late", [4], offset: 128), Builder.tensor("early", [2, 3], offset: 32),
      data: 200)
    try file.read { file throws in
      #expect(file.tensorNames == ["late", "early"])
      #expect(Array(try file.tensor("late").bytes) == Array(128..<144))
      let early = try file.tensor("early")
      #expect(early.shape == [3, 2] && early.rows == 3 && early.columns == 2)
      #expect(Array(early.bytes) == Array(32..<56))
      #expect(Array(early.bytes(ofRows: 1..<3)) == Array(40..<56))
    }
  }

  @Test func aTensorIsAskedForByNameAndShape() throws {
    let file = Builder.with(
      tensors: Builder.tensor("m", [2, 3]), Builder.tensor("v", [4], offset: 32), data: 64)
    try file.read { file throws in
      #expect(try file.tensor("m", shape: [3, 2]).rows == 3)
      #expect(try file.tensor("v", shape: [4]).rows == 1)
      #expect(try file.tensor("v", shape: [1, 4]).columns == 4)
      #expect(file.contains("v") && !file.contains("w"))
      #expect(throws: GGUFError.missingTensor(file: "m", tensor: "w")) { try file.tensor("w", shape: [1]) }
      #expect(throws: GGUFError.wrongShape(file: "m", tensor: "m", shape: [3, 2], expected: [2, 3])) {
        try file.tensor("m", shape: [2, 3])
      }
    }
  }

  /// An alignment that the key says and the data have not is noticed where the file ends too early.
  @Test func theAlignmentOfTheKeyCounts() throws {
    let key = Builder.key("general.alignment", .uint32, Builder.number(UInt32(64)))
    var file = GGUFBuilder(keys: [key], tensors: [Builder.tensor("a", [8])], alignment: 64, data: 32)
    #expect(try file.read { try $0.tensor("a").bytes.first } == 0)
    // Any width of integer is as good.
    file.keys = [Builder.key("general.alignment", .uint64, Builder.number(UInt64(64)))]
    #expect(try file.read { $0.alignment } == 64)
    file.keys = [Builder.key("general.alignment", .uint32, Builder.number(UInt32(4096)))]
    #expect(file.error == .tensorBeyondEnd(file: "m", tensor: "a", end: 4128, size: file.bytes.count))
  }

  @Test func anyCutOfAFileIsAnErrorNotACrash() throws {
    let name = ReferenceModel.fixtures.path + "/GGUF/metadata.gguf"
    let whole = Array(try Data(contentsOf: URL(filePath: name)))
    #expect(GGUFBuilder.error(whole) == nil)
    for length in 0..<whole.count { #expect(GGUFBuilder.error(Array(whole.prefix(length))) != nil) }
  }
}

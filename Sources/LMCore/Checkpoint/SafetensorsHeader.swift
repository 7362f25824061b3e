/// Where a tensor lies in a safetensors file, and what it is.
public struct SafetensorsTensor: Equatable, Sendable {
  /// The header's name for the element type: `F32`, `BF16`, `U8`...
  public let dtype: String
  /// Any number of dimensions; none is a scalar.
  public let shape: [UInt64]
  /// The offset of the first byte from `SafetensorsHeader.dataStart`.
  public let begin: Int
  /// The offset behind the last byte from `SafetensorsHeader.dataStart`.
  public let end: Int
}

/// The table of contents of a safetensors file, read as strictly as the reference implementation reads it
/// (https://github.com/huggingface/safetensors): 8 bytes of length n, n bytes of JSON, the tensors' bytes
/// without holes. Sizes are compared with the file's before anything is allocated.
public struct SafetensorsHeader: Equatable, Sendable {
  /// By name; of tensors with the same name, the last.
  public let tensors: [String: SafetensorsTensor]
  /// Where the tensors' bytes begin in the file.
  public let dataStart: Int

  private static let mostHeaderBytes: UInt64 = 100_000_000

  /// Reads the header at the beginning of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: the file's name in error messages.
  public init(bytes: UnsafeRawBufferPointer, file: String) throws(SafetensorsError) {
    guard bytes.count >= 8 else { throw .headerTooSmall(file: file, size: bytes.count) }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= Self.mostHeaderBytes else { throw .headerTooLarge(file: file, length: length) }
    guard Int(length) <= bytes.count - 8 else {
      throw .invalidHeaderLength(file: file, length: length, size: bytes.count)
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
    guard String(validating: text, as: UTF8.self) != nil else { throw .invalidHeader(file: file) }
    dataStart = 8 + Int(length)
    tensors = try Self.parse(text, file: file)
    try validate(size: bytes.count, file: file)
  }

  // MARK: Schema

  private static func parse(
    _ text: UnsafeRawBufferPointer, file: String
  ) throws(SafetensorsError) -> [String: SafetensorsTensor] {
    let document: JSON
    do { document = try JSON(parsing: text) } catch {
      throw .invalidHeaderDeserialization(file: file, problem: error.description)
    }
    guard let members = document.members else {
      throw .invalidHeaderDeserialization(file: file, problem: "it is not a table of tensors")
    }
    var tensors: [String: SafetensorsTensor] = [:]
    var sawMetadata = false
    for member in members {
      if member.name == "__metadata__" {
        guard !sawMetadata, isMetadata(member.value) else {
          throw .invalidHeaderDeserialization(
            file: file, problem: "__metadata__ is not one table of texts")
        }
        sawMetadata = true
        continue
      }
      guard let tensor = tensor(from: member.value) else {
        throw .invalidHeaderDeserialization(
          file: file,
          problem:
            "the entry of tensor \"\(ForeignText.line(member.name))\" lacks a valid dtype, shape and data_offsets"
        )
      }
      tensors[member.name] = tensor
    }
    return tensors
  }

  private static func isMetadata(_ value: JSON) -> Bool {
    value == .null || value.members?.allSatisfy { $0.value.string != nil } == true
  }

  private static func tensor(from value: JSON) -> SafetensorsTensor? {
    guard let members = value.members else { return nil }
    func only(_ name: String) -> JSON? {
      let found = members.filter { $0.name == name }
      return found.count == 1 ? found[0].value : nil
    }
    guard let dtype = only("dtype")?.string, bits(of: dtype) != nil,
      let shape = only("shape")?.array?.map(unsigned), !shape.contains(nil),
      let offsets = only("data_offsets")?.array?.map(unsigned), offsets.count == 2,
      let begin = offsets[0].flatMap({ Int(exactly: $0) }), let end = offsets[1].flatMap({ Int(exactly: $0) })
    else { return nil }
    // An end before the start has its own error, later.
    return SafetensorsTensor(
      dtype: dtype, shape: shape.compactMap { $0 }, begin: begin, end: end)
  }

  /// A plain number of digits: neither `2.0` nor `-0`.
  private static func unsigned(_ value: JSON) -> UInt64? {
    guard case .number(let literal) = value, literal.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return UInt64(literal)
  }

  /// Bits an element, nil for a type that safetensors does not know.
  private static func bits(of dtype: String) -> UInt64? {
    switch dtype {
    case "F4": 4
    case "F6_E2M3", "F6_E3M2": 6
    case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ": 8
    case "I16", "U16", "F16", "BF16": 16
    case "I32", "U32", "F32": 32
    case "I64", "U64", "F64", "C64": 64
    default: nil
    }
  }

  // MARK: Layout

  private func validate(size: Int, file: String) throws(SafetensorsError) {
    // Tensors without elements begin where the next one does.
    let inOrder = tensors.sorted {
      ($0.value.begin, $0.value.end, $0.key) < ($1.value.begin, $1.value.end, $1.key)
    }
    var position = 0
    for (name, tensor) in inOrder {
      guard tensor.begin == position, tensor.end >= position else {
        throw .invalidOffset(file: file, tensor: name)
      }
      position = tensor.end
      var product: (partialValue: UInt64, overflow: Bool) = (1, false)
      for dimension in tensor.shape + [Self.bits(of: tensor.dtype) ?? 0] {
        product = product.partialValue.multipliedReportingOverflow(by: dimension)
        guard !product.overflow else { throw .validationOverflow(file: file, tensor: name) }
      }
      let bits = product.partialValue
      guard bits % 8 == 0 else { throw .misalignedSlice(file: file, tensor: name) }
      guard bits / 8 == UInt64(tensor.end - tensor.begin) else {
        throw .tensorInvalidInfo(
          file: file, tensor: name, shapeBytes: bits / 8, offsetBytes: UInt64(tensor.end - tensor.begin))
      }
    }
    guard position == size - dataStart else {
      throw .metadataIncompleteBuffer(
        file: file, expected: UInt64(position) + UInt64(dataStart), size: size)
    }
  }
}

import Testing

@testable import Presentation

@Suite struct ByteUnitsTests {
  @Test func aCharacterBelongsToTheTokenThatCompletesIt() {
    var scanner = ByteUnitScanner()
    var units: [ByteUnitScanner.Owned] = []
    let tokens: [[UInt8]] = [[0x61, 0xF0], [0x9F, 0x98], [0x80, 0xE2]]
    for (owner, bytes) in tokens.enumerated() {
      for byte in bytes { scanner.push(byte, owner: owner, into: &units) }
    }
    scanner.finish(into: &units)
    #expect(
      units == [
        .init(unit: .scalar("a"), owner: 0), .init(unit: .scalar("😀"), owner: 2),
        .init(unit: .stray(0xE2), owner: 2),
      ])
  }

  /// The characters are those of the standard library, wherever that finds valid ones.
  @Test func agreesWithTheStandardLibrary() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 1...6, using: &random)).map { _ -> UInt8 in
        [0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xFF].randomElement(
          using: &random)
          ?? 0
      }
      let units = ByteUnitScanner.units(of: bytes)
      let scalars = units.compactMap { unit -> Unicode.Scalar? in
        if case .scalar(let scalar) = unit { scalar } else { nil }
      }
      let expected = String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { $0 != "\u{FFFD}" }
      #expect(scalars.filter { $0 != "\u{FFFD}" } == Array(expected), "\(bytes)")
      // The units hold all bytes.
      let length = units.reduce(0) { sum, unit in
        if case .scalar(let scalar) = unit { sum + UTF8.width(scalar) } else { sum + 1 }
      }
      #expect(length == bytes.count, "\(bytes)")
    }
  }
}

import Testing

@testable import LMCore

@Suite struct UTF8DecodingTests {
  @Test func everyScalar() {
    for value in 0...0x10FFFF as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(scalar).utf8)
      let found = bytes.withUnsafeBytes { $0.decodeUTF8(at: 0) }
      if found.place != .scalar(scalar) || found.length != bytes.count {
        Issue.record("U+\(String(value, radix: 16)): \(found)")
      }
    }
  }

  /// Against the standard library on all sequences of four bytes with telling values.
  @Test func agreesWithTheStandardLibrary() {
    let telling: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
      0xEE, 0xEF, 0xF0, 0xF1,
      0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for a in telling {
      for b in telling {
        for c in telling {
          for d in telling {
            let bytes = [a, b, c, d]
            var scalars: [Unicode.Scalar] = []
            bytes.withUnsafeBytes { bytes in
              var position = 0
              while position < 4 {
                let (place, length) = bytes.decodeUTF8(at: position)
                if case .scalar(let scalar) = place {
                  scalars.append(scalar)
                } else {
                  scalars.append("\u{FFFD}")
                }
                position += length
              }
            }
            let expected = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
            if scalars != expected { Issue.record("\(bytes): \(scalars), not \(expected)") }
          }
        }
      }
    }
  }

  @Test(
    arguments: [
      ([0xC3], 1), ([0xE2, 0x82], 2), ([0xF0, 0x9F, 0x98], 3), ([0xE0], 1), ([0xED, 0x9F], 2),
    ] as [([UInt8], Int)])
  func incomplete(_ bytes: [UInt8], _ length: Int) {
    let found = bytes.withUnsafeBytes { $0.decodeUTF8(at: 0) }
    #expect(found.place == .incomplete && found.length == length)
  }

  @Test func firstInvalid() {
    func find(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { $0.firstInvalidUTF8() } }
    #expect(find(Array("aé€😀".utf8)) == nil)
    #expect(find([]) == nil)
    #expect(find([0x61, 0xC3, 0xA9, 0xC3]) == 3)
    #expect(find([0x61, 0x80]) == 1)
  }
}

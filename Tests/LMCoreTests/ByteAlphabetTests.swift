import Testing

@testable import LMCore

@Suite struct ByteAlphabetTests {
  @Test(
    arguments: [
      (0x00, 0x100), (0x09, 0x109), (0x0A, 0x10A), (0x0D, 0x10D), (0x20, 0x120), (0x21, 0x21), (0x7E, 0x7E),
      (0x7F, 0x121),
      (0x80, 0x122), (0xA0, 0x142), (0xA1, 0xA1), (0xAC, 0xAC), (0xAD, 0x143), (0xAE, 0xAE), (0xFF, 0xFF),
    ] as [(UInt8, UInt32)])
  func knownPairs(_ byte: UInt8, _ scalar: UInt32) {
    #expect(ByteAlphabet.scalar(of: byte).value == scalar)
  }

  @Test func isABijection() {
    var seen: Set<Unicode.Scalar> = []
    for byte in UInt8.min...UInt8.max {
      let scalar = ByteAlphabet.scalar(of: byte)
      #expect(seen.insert(scalar).inserted)
      #expect(ByteAlphabet.byte(of: scalar) == byte)
    }
    for value in (0...0x400 as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
    where !seen.contains(value) {
      #expect(ByteAlphabet.byte(of: value) == nil)
    }
  }

  @Test func wholeTexts() {
    #expect(ByteAlphabet.text(of: " the\n".utf8) == "ĠtheĊ")
    var bytes: [UInt8] = [1]
    #expect(Array("ĠtheĊé".utf8).withUnsafeBytes { ByteAlphabet.appendBytes(of: $0, to: &bytes) })
    #expect(bytes == [1, 0x20, 0x74, 0x68, 0x65, 0x0A, 0xE9])
    for text in ["a b", "▁the", "a\u{144}", "\u{7F}", "x😀", "\u{AD}"] {
      #expect(!Array(text.utf8).withUnsafeBytes { ByteAlphabet.appendBytes(of: $0, to: &bytes) })
      #expect(bytes.count == 7)
    }
  }
}

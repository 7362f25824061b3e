import Testing

@testable import LMCore

@Suite struct StreamingDecoderTests {
  @Test func holdsBackHalfCharacters() {
    var decoder = StreamingDecoder()
    #expect(decoder.push([0xF0]) == "")
    #expect(decoder.push([0x9F, 0x98]) == "")
    #expect(decoder.heldBack == [0xF0, 0x9F, 0x98])
    #expect(decoder.push([0x80]) == "😀")
    #expect(decoder.push(Array("a".utf8) + [0xE2, 0x82]) == "a")
    // It can no longer become a character.
    #expect(decoder.push([0x41]) == "\u{FFFD}A")
    #expect(decoder.push([0xC3]) == "")
    #expect(decoder.finish() == "\u{FFFD}")
    #expect(decoder.finish() == "")
    #expect(decoder.push([0xA9]) == "\u{FFFD}")
  }

  @Test(
    arguments: [
      ([0xF0, 0x9F], 1), ([0xED, 0xA0, 0x80], 3), ([0xC0, 0x80], 2), ([0xF4, 0x90, 0x80, 0x80], 4),
      ([0xE2, 0x82], 1),
      ([0xF0, 0x9F, 0x98], 1), ([0xFF], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 5), ([0xE0, 0x80], 2),
      ([0x80], 1),
    ] as [([UInt8], Int)])
  func replacesMaximalSubparts(_ bytes: [UInt8], _ count: Int) {
    var decoder = StreamingDecoder()
    var text = ""
    for byte in bytes { text += decoder.push([byte]) }
    text += decoder.finish()
    #expect(text == String(repeating: "\u{FFFD}", count: count))
  }

  /// Cut anywhere, the pieces add up to the text that all bytes give at once, and no piece is half a character.
  @Test func cutsDoNotMatter() {
    var generator = RandomSource(seed: 11)
    let sources = ["é", "€", "😀", "a", "\u{301}", "日"].map { Array($0.utf8) }
    for _ in 0..<5000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...8, using: &generator) {
        var source = sources.randomElement(using: &generator)!
        if Int.random(in: 0..<3, using: &generator) == 0 { source.removeLast() }
        if Int.random(in: 0..<5, using: &generator) == 0 {
          source = [UInt8.random(in: 0x80...0xFF, using: &generator)]
        }
        bytes += source
      }
      var decoder = StreamingDecoder()
      var text = ""
      var rest = bytes[...]
      while !rest.isEmpty {
        let cut = Int.random(in: 1...rest.count, using: &generator)
        text += decoder.push(rest.prefix(cut))
        rest = rest.dropFirst(cut)
        #expect(decoder.heldBack.count <= 3)
      }
      text += decoder.finish()
      #expect(text.utf8.elementsEqual(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
    }
  }
}

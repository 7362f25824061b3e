import CNcurses
import Testing

@testable import Visualizer

@Suite struct EscapeSequenceTests {
  /// The number of codes behind the Esc that belong to the sequence; nil while it is unfinished.
  private func length(of text: String) -> Int? {
    var sequence = EscapeSequence()
    for (index, scalar) in text.unicodeScalars.enumerated() {
      switch sequence.read(Int32(scalar.value)) {
      case .unfinished: continue
      case .finished: return index + 1
      case .foreign: return index
      }
    }
    return nil
  }

  @Test(
    arguments: [
      ("q", 1), ("日", 1), ("[I", 2), ("[99~q", 4), ("[1;9Pq", 5), ("[<0;3;2Mq", 8), ("[ q", 3), ("Opq", 2),
      ("O1;5pq", 5),
      ("[[Aq", 3), ("[Mabcq", 5), ("[9\rq", 2), ("[9\u{1B}q", 2), ("]0;t\u{07}q", 5), ("]0;t\u{1B}\\q", 6),
      ("P0\u{9C}q", 3), ("_a\u{1B}[A", 3), ("[", nil), ("[1;", nil), ("O", nil), ("]11;?", nil),
      ("[Mab", nil),
      ("", nil),
    ] as [(String, Int?)])
  func endsWhereTheSequenceEnds(text: String, length: Int?) {
    #expect(self.length(of: text) == length)
  }

  @Test(arguments: [NC_KEY + KEY_UP, NC_PASTE_BEGIN, NC_NONE])
  func whatIsNoCharacterIsNoPart(code: Int32) {
    var sequence = EscapeSequence()
    #expect(sequence.read(0x5B) == .unfinished)
    #expect(sequence.read(code) == .foreign)
  }
}

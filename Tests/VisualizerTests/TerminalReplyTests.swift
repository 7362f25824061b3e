import Presentation
import Testing

@testable import Visualizer

@Suite struct TerminalReplyTests {
  @Test(
    arguments: [
      ("]11;rgb:0000/0000/0000\u{07}", .background(.dark)),
      ("]11;rgb:ffff/ffff/ffff\u{1B}\\", .background(.light)),
      ("]11;rgb:1e/1e/1e\u{07}", .background(.dark)), ("]11;rgb:fd/f6/e3\u{9C}", .background(.light)),
      ("]11;rgb:f/f/f\u{07}", .background(.light)),
      ("]11;rgba:ffff/ffff/ffff/8000\u{07}", .background(.light)),
      ("]11;#282c34\u{07}", .background(.dark)), ("]11;#FDF6E3\u{1B}\\", .background(.light)),
      ("[?62;22c", .attributes), ("[?1;2c", .attributes), ("[?6c", .attributes),
      ("]11;?\u{07}", nil), ("]11;rgb:/ff/ff\u{07}", nil), ("]11;rgb:fffff/ff/ff\u{07}", nil),
      ("]11;rgb:ff/ff\u{07}", nil), ("]11;red\u{07}", nil), ("]10;rgb:ff/ff/ff\u{07}", nil),
      ("]11;#fff\u{07}", nil),
      ("]11;rgb:-1/ff/ff\u{07}", nil), ("[c", nil), ("[>0;10;1c", nil), ("[1;9P", nil), ("", nil),
    ] as [(String, TerminalReply?)])
  func readsReplies(text: String, reply: TerminalReply?) {
    #expect(TerminalReply(text) == reply)
  }

  @Test func aSequenceKeepsItsText() {
    var sequence = EscapeSequence()
    for scalar in "]11;rgb:ff/ff/ff\u{07}".unicodeScalars { _ = sequence.read(Int32(scalar.value)) }
    #expect(String(sequence.text) == "]11;rgb:ff/ff/ff\u{07}")
    var endless = EscapeSequence()
    for scalar in ("]" + String(repeating: "x", count: 100_000)).unicodeScalars {
      _ = endless.read(Int32(scalar.value))
    }
    #expect(endless.text.count < 1000)
    #expect(endless.isString)
  }
}

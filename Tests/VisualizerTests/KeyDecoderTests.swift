import CNcurses
import Testing

@testable import Visualizer

@Suite struct KeyDecoderTests {
  @Test(
    arguments: [
      (0x61, .character("a")), (0x20, .character(" ")), (0x65E5, .character("日")), (13, .enter), (10, .enter),
      (9, .tab),
      (27, .escape), (127, .backspace), (8, .backspace), (12, .control("l")), (3, .control("c")), (0, nil),
      (0x1C, nil),
      (0x9B, nil), (-1, nil), (0xD800, nil),
    ] as [(Int32, Key?)])
  func characters(code: Int32, key: Key?) {
    #expect(KeyDecoder.key(code) == key)
  }

  @Test(
    arguments: [
      (KEY_UP, .up), (KEY_PPAGE, .pageUp), (KEY_BTAB, .backTab), (KEY_F0 + 10, .function(10)),
      (KEY_DC, .delete),
      (KEY_RESIZE, nil), (KEY_SUSPEND, nil),
    ] as [(Int32, Key?)])
  func functionKeys(code: Int32, key: Key?) {
    #expect(KeyDecoder.key(NC_KEY + code) == key)
  }

  @Test(arguments: [
    TerminalError.outputIsNoTerminal, .noKeys, .typeUnset, .typeUnknown("x"), .typeTooSimple("x"),
    .noDatabase,
    .cannotStart("x"), .noWakeUp(errno: 24),
  ])
  func errorsSayWhatToDo(error: TerminalError) {
    #expect(error.description.contains("`gpt2-viz generate`"))
    #expect(!error.description.contains("\n"))
  }
}

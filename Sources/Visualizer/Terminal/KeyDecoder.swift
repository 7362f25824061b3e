import CNcurses

/// Conversion of curses' key codes to `Key`.
enum KeyDecoder {
  /// The key of a code; nil for an unused code. Mouse and paste need more than the code: `NcursesTerminal` reads them.
  static func key(_ code: Int32) -> Key? {
    if code >= NC_KEY { return functionKey(code - NC_KEY) }
    guard code >= 0, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
    switch scalar {
    case "\r", "\n": return .enter
    case "\t": return .tab
    case "\u{1B}": return .escape
    case "\u{7F}", "\u{08}": return .backspace
    case "\u{01}"..."\u{1A}":
      return .control(Character(Unicode.Scalar(UInt8(scalar.value) + 0x60)))
    default:
      return scalar.value < 0x20 || (0x80..<0xA0).contains(scalar.value) ? nil : .character(scalar)
    }
  }

  private static func functionKey(_ code: Int32) -> Key? {
    switch code {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_HOME, KEY_FIND: .home
    case KEY_END, KEY_SELECT: .end
    case KEY_PPAGE: .pageUp
    case KEY_NPAGE: .pageDown
    case KEY_ENTER: .enter
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case KEY_IC: .insert
    case KEY_BTAB: .backTab
    case KEY_F0...KEY_F0 + 63: .function(Int(code - KEY_F0))
    default: nil
    }
  }
}

import Presentation

/// A terminal's answer to one of the program's questions, as an escape sequence.
enum TerminalReply: Hashable {
  /// To `question`'s first part (OSC 11).
  case background(Background)
  /// To its second part (DA1), which every terminal of xterm's family knows: no other answer is due.
  case attributes

  /// Asks for the background colour, and then for the attributes.
  static let question = "\u{1B}]11;?\u{07}\u{1B}[c"

  /// - Parameter text: the sequence behind its Esc; nil for any other sequence.
  init?(_ text: String) {
    if text.hasPrefix("[?"), text.last == "c" {
      self = .attributes
    } else if text.hasPrefix("]11;"), let color = Self.color(text.dropFirst(4)) {
      self = .background(Background(of: color))
    } else {
      return nil
    }
  }

  /// `rgb:ffff/ffff/ffff`, with one to four digits a channel, `rgba:` with a fourth one, or `#ffffff`; behind it the
  /// sequence's end.
  private static func color(_ text: Substring) -> RGB? {
    let content = text.prefix { $0.isASCII && !$0.isNewline && $0 != "\u{07}" && $0 != "\u{1B}" }
    if content.first == "#", content.count == 7 {
      return UInt32(content.dropFirst(), radix: 16).map { RGB($0) }
    }
    guard content.hasPrefix("rgb:") || content.hasPrefix("rgba:") else { return nil }
    let channels = content.drop { $0 != ":" }.dropFirst().split(
      separator: "/", omittingEmptySubsequences: false
    ).map { digits -> UInt8? in
      guard (1...4).contains(digits.count), let value = UInt16(digits, radix: 16) else { return nil }
      return UInt8(Int(value) * 255 / ((1 << (4 * digits.count)) - 1))
    }
    guard channels.count >= 3, let red = channels[0], let green = channels[1], let blue = channels[2] else {
      return nil
    }
    return RGB(red: red, green: green, blue: blue)
  }
}

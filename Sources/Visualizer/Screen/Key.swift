import Presentation

/// A key press, or another event from the terminal.
package enum Key: Hashable, Sendable {
  /// A printable character, including the space.
  case character(Unicode.Scalar)
  /// Ctrl with a lower-case letter: `control("l")`. Enter, Tab and Backspace have their own cases.
  case control(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right
  case home, end, pageUp, pageDown
  case function(Int)
  /// Text that was pasted in one piece; newlines are "\n".
  case paste(String)
  case mouse(MouseAction, Point)
  /// A name in brackets that is no key's, as a line of plain mode may hold: `<rigt>`.
  case unknownName(String)
  /// The size of the terminal has changed.
  case resize
  /// The terminal has told what its background is.
  case background(Background)
  /// SIGINT (Ctrl-C); SIGTERM; SIGHUP, or a terminal that was closed; SIGTSTP (Ctrl-Z).
  case interrupt, terminate, hangup, suspend
}

package enum MouseAction: Hashable, Sendable {
  case press, release, wheelUp, wheelDown
}

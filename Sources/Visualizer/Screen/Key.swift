/// A key press, or something else that comes in where keys do.
package enum Key: Hashable, Sendable {
  /// A printable character, the space among them.
  case character(Unicode.Scalar)
  /// Ctrl with a small letter: `control("l")`. Enter, Tab and Backspace, which are also such, have their own cases.
  case control(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right
  case home, end, pageUp, pageDown
  case function(Int)
  /// Text that was pasted in one piece; newlines are "\n".
  case paste(String)
  case mouse(MouseAction, Point)
  /// The terminal has another size.
  case resize
  /// Ctrl-C; a request to end (SIGTERM); the terminal is gone; Ctrl-Z.
  case interrupt, terminate, hangup, suspend
}

package enum MouseAction: Hashable, Sendable {
  case press, release, wheelUp, wheelDown
}

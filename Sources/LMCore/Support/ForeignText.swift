/// Text from a file or a server, made safe to show in a message.
package enum ForeignText {
  /// One line of visible characters: control and format characters, which could control the terminal or change the
  /// direction of the text, become U+FFFD; a long text is cut.
  ///
  /// - Parameter limit: how many characters (scalars) are shown.
  package static func line(_ text: String, limit: Int = 60) -> String {
    var shown = String.UnicodeScalarView()
    var rest = text.unicodeScalars.makeIterator()
    var count = 0
    while let scalar = rest.next() {
      guard count < limit else { return String(shown) + "…" }
      shown.append(isHidden(scalar) ? "\u{FFFD}" : scalar)
      count += 1
    }
    return String(shown)
  }

  /// The same without a limit, for a message that may hold such text.
  package static func wholeLine(_ text: String) -> String { line(text, limit: .max) }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }
}

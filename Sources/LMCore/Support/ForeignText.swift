/// Words from a file or a server, made fit for a sentence that is shown to the user.
package enum ForeignText {
  /// One line without anything invisible: control and format characters, which could command a terminal or turn the
  /// direction of what follows, become U+FFFD; what is longer than a line is cut.
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

  /// A text of the program's own, which may hold foreign words: nothing is cut.
  package static func wholeLine(_ text: String) -> String { line(text, limit: .max) }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }
}

/// Screen options of the command line.
package struct TerminalOptions: Hashable, Sendable {
  package var usesColor = true
  package var usesASCII = false
  package var usesMouse = true
  /// Asks the terminal for its background; the answer comes as a key.
  package var asksBackground = false

  package init(
    usesColor: Bool = true, usesASCII: Bool = false, usesMouse: Bool = true,
    asksBackground: Bool = false
  ) {
    self.usesColor = usesColor
    self.usesASCII = usesASCII
    self.usesMouse = usesMouse
    self.asksBackground = asksBackground
  }
}

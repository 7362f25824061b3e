/// Screen options of the command line.
package struct TerminalOptions: Hashable, Sendable {
  package var usesColor = true
  package var usesASCII = false
  package var usesMouse = true

  package init(usesColor: Bool = true, usesASCII: Bool = false, usesMouse: Bool = true) {
    self.usesColor = usesColor
    self.usesASCII = usesASCII
    self.usesMouse = usesMouse
  }
}

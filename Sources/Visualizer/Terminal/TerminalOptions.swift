/// What the user asked of the screen.
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

/// `--color=auto|always|never`. What the user says beats NO_COLOR, which beats the terminal.
public enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never

  /// - Parameter noColor: the environment's NO_COLOR; any value but the empty one means "no colour" (no-color.org).
  public func usesColor(noColor: String?) -> Bool {
    switch self {
    case .auto: (noColor ?? "").isEmpty
    case .always: true
    case .never: false
    }
  }
}

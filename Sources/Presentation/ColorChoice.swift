/// The value of `--color`. `always` and `never` override NO_COLOR, which overrides the terminal.
package enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never

  /// - Parameter noColor: the environment's NO_COLOR; any value but the empty one means "no colour" (no-color.org).
  package func usesColor(noColor: String?) -> Bool {
    switch self {
    case .auto: (noColor ?? "").isEmpty
    case .always: true
    case .never: false
    }
  }
}

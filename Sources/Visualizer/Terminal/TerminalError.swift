/// An error when a terminal is opened.
package enum TerminalError: Error, Equatable, Sendable, CustomStringConvertible {
  case outputIsNoTerminal
  case noKeys
  /// In plain mode: standard input was read as the text, and there is no terminal.
  case noKeysBesideText
  /// In plain mode, which reads keys from a terminal, a file or a pipe.
  case inputIsClosed
  case typeUnset
  case typeUnknown(String)
  case typeTooSimple(String)
  case noDatabase
  case cannotStart(String)
  case noWakeUp(errno: Int32)

  package var description: String {
    let otherwise = "or use `gpt2-viz --plain`, `gpt2-viz generate` or `gpt2-viz next`, which need no screen."
    let setType = "set TERM (most terminals are TERM=xterm-256color), \(otherwise)"
    switch self {
    case .outputIsNoTerminal:
      return "The output is not a terminal: start gpt2-viz in one, \(otherwise)"
    case .noKeys:
      return "The input is not a terminal and /dev/tty cannot be opened, so no key could be read: "
        + "start gpt2-viz in a terminal, \(otherwise)"
    case .noKeysBesideText:
      return "Standard input is the text, and there is no terminal to read keys from: "
        + "give the text as an argument or with -f, and the keys on standard input."
    case .inputIsClosed:
      return "Standard input is closed, so no key could be read: "
        + "start gpt2-viz in a terminal, or give it keys from a file or a pipe."
    case .typeUnset:
      return "TERM is not set, so the kind of this terminal is unknown: \(setType)"
    case .typeUnknown(let name):
      return "TERM is \"\(name)\", which this system's terminal database does not know: \(setType)"
    case .typeTooSimple(let name):
      return "TERM is \"\(name)\", a terminal that cannot place text on its screen: \(setType)"
    case .noDatabase:
      return
        "This system has no terminal database (terminfo): install it (Debian: ncurses-base), \(otherwise)"
    case .cannotStart(let name):
      return "The screen of this terminal (TERM=\(name)) could not be opened: \(setType)"
    case .noWakeUp(let errno):
      return "The system refused an event descriptor (errno \(errno)): close some programs, \(otherwise)"
    }
  }
}

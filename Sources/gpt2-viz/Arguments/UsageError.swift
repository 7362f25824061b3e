/// A wrong command line, environment variable or config file: exit code 2.
struct UsageError: Error, Equatable, CustomStringConvertible {
  /// One sentence: the option or word, what was given, what is allowed.
  let description: String
  /// The command whose help page answers it; nil for the program's own.
  let command: String?

  init(_ description: String, command: String? = nil) {
    self.description = description
    self.command = command.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The second line of the message: where to read on.
  var hint: String { "Try 'gpt2-viz help\(command.map { " " + $0 } ?? "")'." }
}

import LMCore

extension TextOptions {
  /// The text of the command line, of `-f FILE`, or of standard input for `-`. Nothing is trimmed.
  ///
  /// - Parameter words: the words of the command line, of which the first is the text.
  func readText(
    _ words: [String], for command: String, called placeholder: String = "TEXT"
  ) throws -> String {
    switch (words.first, file) {
    case (let word?, nil): word == "-" ? try TextInput.text(ofFile: "-") : word
    case (nil, let path?): try TextInput.text(ofFile: path)
    case (nil, nil):
      throw UsageError(
        "'\(command)' needs \(placeholder): a text in quotes, '-' for standard input, or -f FILE",
        command: command)
    case (_?, _?):
      throw UsageError(
        "\(placeholder) and -f FILE are both given; leave one of them out", command: command)
    }
  }

  /// As `readText`, or the ids of `--ids`.
  func readPrompt(
    _ words: [String], for command: String, called placeholder: String = "PROMPT"
  ) throws -> Prompt {
    guard let ids else {
      // The options are checked before the text is read.
      _ = try prompt(of: "", for: command)
      return try prompt(of: try readText(words, for: command, called: placeholder), for: command)
    }
    guard words.isEmpty, file == nil else {
      throw UsageError("--ids stands for \(placeholder); leave one of them out", command: command)
    }
    guard !hasReading else {
      throw UsageError("--ids needs no --chat, --system or --special; leave them out", command: command)
    }
    return .ids(ids)
  }

  /// A text as it is to be read.
  func prompt(of text: String, for command: String) throws(UsageError) -> Prompt {
    guard isChat else {
      guard system == nil else { throw UsageError("--system goes with --chat", command: command) }
      return parsesSpecial ? .marked(text) : .text(text)
    }
    guard !parsesSpecial else {
      throw UsageError("--chat writes the special tokens itself; leave --special out", command: command)
    }
    return .chat(ChatMessage(text, system: system))
  }
}

/// What a user says to a chat model.
public struct ChatMessage: Hashable, Sendable {
  /// The message.
  public var user: String
  /// What the model is told before it; nil leaves that to the model's template, which may have a text of its own.
  public var system: String?

  /// A message.
  public init(_ user: String, system: String? = nil) { (self.user, self.system) = (user, system) }
}

/// How a conversation becomes the text that a chat model reads: the template of the model's files, in the language Jinja as
/// transformers runs it, with the models' own special tokens and default system message.
public struct ChatTemplate: Sendable {
  private let source: String
  /// `bos_token` and others, by their names in templates.
  private let tokens: [String: String]

  /// - Parameter tokens: `bos_token` and others, by their names in templates.
  public init(_ source: String, tokens: [String: String]) { (self.source, self.tokens) = (source, tokens) }

  /// The text of a conversation, up to where the model's answer begins. Special tokens stand in it as texts.
  ///
  /// - Parameter now: the date and time in a format of strftime, which some templates write; nil for now.
  /// - Throws: `ChatError`.
  public func text(
    _ chat: ChatMessage, now: ((String) -> String)? = nil
  ) throws(ChatError) -> String {
    func message(_ role: String, _ text: String) -> JinjaValue {
      .map([("role", .text(role)), ("content", .text(text))])
    }
    var variables: [String: JinjaValue] = tokens.mapValues { .text($0) }
    let messages = (chat.system.map { [message("system", $0)] } ?? []) + [message("user", chat.user)]
    variables["messages"] = .list(messages)
    variables["add_generation_prompt"] = .bool(true)
    (variables["tools"], variables["documents"]) = (JinjaValue.none, JinjaValue.none)
    do {
      var run = JinjaRun(variables, now: now ?? { WallClock.text($0) })
      try run.run(try JinjaParser.parse(source))
      return run.output
    } catch {
      throw ChatError(error)
    }
  }
}

/// Why a message cannot be written as a chat model wants it.
public enum ChatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The model's files have no template.
  case noTemplate(model: String)
  /// The template cannot be read, or refuses the messages.
  case template(String)

  init(_ error: JinjaError) {
    switch error {
    case .syntax(let what): self = .template("is no template that can be read (\(what))")
    case .unsupported(let what): self = .template("uses \(what), which is not known here")
    case .raised(let message):
      let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
      self = .template("says: \(ForeignText.line(line))")
    }
  }

  /// One sentence, with what to do.
  public var description: String {
    switch self {
    case .noTemplate(let model):
      "\(model) has no chat template, so it is no chat model or its files are incomplete; write the prompt yourself, with --special if it has special tokens"
    case .template(let what):
      "the chat template of the model \(what); write the prompt yourself, with its special tokens, and give --special"
    }
  }
}

import LMCore

/// The prompt editor.
extension AppState {
  /// The text being edited, and its position in the history of prompts.
  struct PromptEditor: Equatable, Sendable {
    var field: TextInput
    /// The prompts of this run, the oldest first, then the text that the editor was opened with.
    var texts: [String]
    var index: Int

    init(_ text: String, history: [String]) {
      field = TextInput(text, isSelected: true)
      texts = history.filter { $0 != text } + [text]
      index = texts.count - 1
    }

    /// Goes to an earlier (-1) or later (1) prompt. Edits of the current one are kept.
    mutating func move(by step: Int) {
      guard texts.indices.contains(index + step) else { return }
      texts[index] = field.text
      index += step
      field = TextInput(texts[index])
    }
  }

  mutating func openPromptEditor() {
    switch prompt {
    case .text, .marked, .chat:
      overlay = .prompt(PromptEditor(prompt.written ?? "", history: promptHistory))
    case .human:
      let bytes = readIDs.flatMap { card?.bytes(of: $0) ?? [] }
      overlay = .prompt(PromptEditor(String(decoding: bytes, as: UTF8.self), history: promptHistory))
    case .ids(let ids):
      guard let tokenizer = card?.tokenizer else {
        message = "this model came without a vocabulary, so a text has no tokens: give ids with --ids"
        return
      }
      overlay = .prompt(PromptEditor(tokenizer.decode(ids), history: promptHistory))
    }
  }

  mutating func updatePrompt(_ key: Key, _ editor: PromptEditor) -> [AppEffect] {
    var editor = editor
    switch key {
    case .escape:
      overlay = nil
      return []
    case .enter:
      let limit = card?.contextLength ?? .max
      let count = promptTokens(of: editor.field.text).count
      guard count <= limit else {
        message = "\(SessionError.promptTooLong(tokens: count, limit: limit))"
        return []
      }
      overlay = nil
      return startOver(with: edited(to: editor.field.text))
    case .up: editor.move(by: -1)
    case .down: editor.move(by: 1)
    default: _ = editor.field.handle(key)
    }
    overlay = .prompt(editor)
    return []
  }

  /// The tokens of a text as a prompt; empty where it cannot be read.
  func promptTokens(of text: String) -> [Int] {
    guard let reader = card?.promptReader else { return [] }
    // A token that the model has no row for is shown too; it is refused when the text is used.
    let prompt = edited(to: text)
    return (try? reader.ids(of: prompt)) ?? (try? reader.textIDs(of: prompt)) ?? []
  }

  /// The prompt with another text. Ids that were not edited stay as they are; special tokens that the editor writes
  /// as text are read as such again.
  private func edited(to text: String) -> Prompt {
    switch prompt {
    case .text, .marked, .chat: return prompt.with(text)
    case .ids(let ids) where text == card?.tokenizer?.decode(ids): return prompt
    case .ids(let ids): return ids.contains(where: isSpecial) ? .marked(text) : .text(text)
    case .human: return readIDs.contains(where: isSpecial) ? .marked(text) : .text(text)
    }
  }

  /// The author's text as far as it was read: the model may continue it by itself.
  private var readIDs: ArraySlice<Int> {
    (focusedLane?.textIDs ?? []).drop { $0 == card?.promptReader.begin }
  }

  private func isSpecial(_ id: Int) -> Bool { card?.isSpecial(id) ?? false }

  mutating func startOver(with prompt: Prompt) -> [AppEffect] {
    switch self.prompt {
    case .text, .marked, .chat: remember(self.prompt.written)
    case .ids, .human: break
    }
    remember(prompt.written)
    self.prompt = prompt
    play.isRunning = false
    return ask(.start(prompt: prompt, settings: settings, seed: seed))
  }

  private mutating func remember(_ text: String?) {
    guard let text else { return }
    promptHistory.removeAll { $0 == text }
    promptHistory.append(text)
  }
}

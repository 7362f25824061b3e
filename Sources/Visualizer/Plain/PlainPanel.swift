import LMCore
import Presentation

/// An overlay as sentences.
struct PlainPanel: Equatable {
  /// The lines that are reported when it opens.
  var lines: [String]
  /// The selected entry.
  var chosen: String?
  /// The question to the user.
  var question: String?
  /// The next input is a line of text, not a key.
  var wantsText = false

  init?(_ state: AppState, _ speech: SpokenText) {
    switch state.overlay {
    case .help:
      let lines = state.windowHelp.map { help in
        ["\(help.group):"] + help.keys.map { "  \(speech.keys($0.shown)): \($0.what)" }
      }
      self.init(lines: lines ?? Self.help(KeyMap.offered(to: state.abilities), speech))
    case .legend: self.init(lines: Self.legend(state, speech))
    case .prompt(let editor): self.init("Prompt", editor.field.text, speech)
    case .seed(let field): self.init("Seed, a whole number", field.text, speech)
    case .humanText(let field): self.init("Text to follow", field.text, speech)
    case .trace(let field, let isTaken):
      self.init(isTaken ? "That file exists. Another name" : "File for the trace", field.text, speech)
    case .offer(let offer):
      let sentence = state.offerSentence(offer)
      self.init(lines: [SpokenText.capitalized(speech.sentence(sentence)) + "."])
    case .search: self.init(lines: [], question: "Find: type a text or #id, then Enter.", wantsText: true)
    case .kept(let list): self.init(list, speech)
    case .presets(let chosen): self.init(state, chosenPreset: chosen, speech)
    case .history(let window): self.init(state, window, speech)
    case .beams: self.init(state, beams: state.beams, speech)
    case .contrastive: self.init(state, contrastive: state.contrastive, speech)
    case .branches(let browser): self.init(state.branchTree, browser, state.card, speech)
    case nil:
      guard let chain = state.chain else { return nil }
      self.init(state, chain, speech)
    }
  }

  init(lines: [String], chosen: String? = nil, question: String? = nil, wantsText: Bool = false) {
    (self.lines, self.chosen, self.question, self.wantsText) = (lines, chosen, question, wantsText)
  }

  /// A panel that asks for a text.
  private init(_ label: String, _ text: String, _ speech: SpokenText) {
    let now = text.isEmpty ? "empty" : PrintableToken.line(text, glyphs: speech.glyphs)
    self.init(
      lines: [],
      question: "\(label), now: \(now)\nType another and Enter; an empty line keeps it.", wantsText: true)
  }

  /// Actions that change only the picture.
  static let silent: [Action] = [.textScale, .removedRows, .textUp, .textDown]

  static func help(_ bindings: [KeyBinding], _ speech: SpokenText) -> [String] {
    var lines = ["Keys."]
    for group in KeyBinding.Group.allCases where bindings.contains(where: { $0.group == group }) {
      lines.append(group.rawValue + ":")
      for binding in bindings where binding.group == group && !silent.contains(binding.action) {
        let what = binding.action == .redrawScreen ? "say where things stand" : speech.keyHelp(binding.what)
        lines.append("  \(speech.keys(binding.shown)): \(what)")
      }
    }
    lines.append(KeyMap.chainPanelGroup + ":")
    lines += KeyMap.chainPanel.map { "  \(speech.keys($0.shown)): \($0.what)" }
    return lines + ["  Ctrl-D: quit", "Tab explains the words of the reports."]
  }

  /// The words of the reports, each explained.
  private static func legend(_ state: AppState, _ speech: SpokenText) -> [String] {
    let isGreedy = state.focusedLane?.settings.isGreedy ?? false
    return LegendSign.allCases.compactMap { sign in
      sign.spokenName.map { name in
        "\(name): \(speech.keyHelp(sign.explanation(colors: state.text.scale, isGreedy: isGreedy)))"
      }
    }
  }

  private init(_ state: AppState, chosenPreset chosen: Int, _ speech: SpokenText) {
    let entries =
      state.presets.map { "\($0.name): \($0.explanation)" }
      + ExamplePrompt.all.map { "prompt \"\($0.text)\": \($0.explanation(for: state.card))" }
    let numbered = entries.enumerated().map { "\($0.offset + 1): \(speech.sentence($0.element))" }
    self.init(
      lines: ["Strategies. Up and Down choose, Enter applies, Esc closes."] + numbered,
      chosen: numbered.indices.contains(chosen) ? numbered[chosen] : nil)
  }

  private init(
    _ tree: BranchTree, _ browser: AppState.BranchBrowser, _ card: ModelCard?, _ speech: SpokenText
  ) {
    let entries = tree.rows.enumerated().map { index, row in
      var entry = "\(index + 1)" + (row.isCurrent ? ", the current one" : "")
      if tree.promptCount > 1 {
        entry += ", of \(speech.phrase(row.promptIDs.flatMap { card?.bytes(of: $0) ?? [] }))"
      }
      if let name = row.branch.name { entry += ", \(PrintableToken.line(name, glyphs: speech.glyphs))" }
      entry += ": \(counted(row.branch.steps.count, "step"))"
      if row.level > 0 { entry += ", leaves another at step \(row.fork)" }
      let own = row.ownSteps.flatMap { card?.bytes(of: $0.id) ?? [] }
      return entry + (own.isEmpty ? ", the prompt alone." : ", with \(speech.phrase(own)).")
    }
    let count = counted(tree.rows.count, "branch", "branches")
    let keys = "Up and Down choose, Enter goes there, n names, d deletes, Esc closes."
    self.init(lines: ["\(count). \(keys)"] + entries)
    guard !entries.isEmpty else { return }
    chosen = entries[browser.index(in: tree.rows)]
    switch browser.mode {
    case .choosing: break
    case .naming: (question, wantsText) = ("Name: type it and Enter; an empty line keeps it.", true)
    case .confirmingDeletion: question = "Delete this branch? y deletes, any other key keeps it."
    }
  }

  private init(_ list: KeptSessions, _ speech: SpokenText) {
    let entries = list.entries.enumerated().map { index, entry in
      let model =
        entry.isOfThisModel
        ? "" : ", of model \(PrintableToken.line(entry.modelName, glyphs: speech.glyphs))"
      return
        "\(index + 1): \(entry.prompt(columns: 60, glyphs: speech.glyphs)), \(entry.steps), \(entry.when)\(model)."
    }
    let keys = "Up and Down choose, Enter resumes, d deletes, Esc closes."
    self.init(
      lines: ["\(counted(entries.count, "kept session")). \(keys)"] + entries, chosen: entries[list.chosen],
      question: list.isConfirmingDeletion ? "Delete this session? y deletes, any other key keeps it." : nil)
  }

  /// The lines to report after `old` was reported.
  func changes(since old: PlainPanel?) -> [String] {
    var changes = old?.lines == lines ? [] : lines
    if let chosen, old?.chosen != chosen { changes.append("Chosen: \(chosen)") }
    if let question, old?.question != question { changes += question.split(separator: "\n").map(String.init) }
    return changes
  }
}

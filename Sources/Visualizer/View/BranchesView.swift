import LMCore
import Presentation

/// The list of branches as a tree: the text of each behind its fork, its settings, length and perplexity.
struct BranchesView {
  let tree: BranchTree
  let browser: AppState.BranchBrowser
  let card: ModelCard?
  let appearance: Appearance

  private var glyphs: GlyphSet { appearance.glyphs }

  func draw(into buffer: inout ScreenBuffer, in screen: Rect) {
    let area = screen.inset(horizontally: screen.width > 100 ? 4 : 0)
    let columns = area.width - 4
    let index = browser.index(in: tree.rows)
    let count = counted(tree.rows.count, "branch", "branches")
    ListPanel(
      title: tree.promptCount > 1 ? "\(count), \(tree.promptCount) prompts" : count,
      hint: "Enter goes there, n names, d deletes, Esc closes", lines: lines(columns), chosen: index,
      note: note(index), input: input
    ).draw(into: &buffer, in: area, with: appearance)
  }

  /// The branches, below their prompts where there are several.
  private func lines(_ columns: Int) -> [ListPanel.Line] {
    var lines: [ListPanel.Line] = []
    for (index, row) in tree.rows.enumerated() {
      if tree.promptCount > 1, index == 0 || tree.rows[index - 1].promptIDs != row.promptIDs {
        let prompt = safe(
          String(decoding: row.promptIDs.flatMap { card?.bytes(of: $0) ?? [] }, as: UTF8.self))
        if index > 0 { lines.append(ListPanel.Line([])) }
        lines.append(ListPanel.Line([Span(TextFit.fit(prompt, columns: columns, glyphs: glyphs), .dim)]))
      }
      lines.append(line(row, choice: index, columns: columns))
    }
    return lines
  }

  // MARK: A line

  /// The widths of the columns to the right of the text.
  private static let stepsWidth = 11
  private static let perplexityWidth = 11

  private func line(_ row: BranchTree.Row, choice: Int, columns: Int) -> ListPanel.Line {
    let settingsWidth = columns >= 100 ? 34 : 18
    let room = columns - settingsWidth - Self.stepsWidth - Self.perplexityWidth
    let mark = row.isCurrent ? glyphs.check : " "
    var spans = [Span("\(mark) ", .good), Span(guides(row), .frame)]
    if row.level > 0 { spans.append(Span("\(row.fork) ", .dim)) }
    if let name = row.branch.name { spans.append(Span("\(safe(name)): ", .title)) }
    if row.ownSteps.first?.isForced == true, row.level > 0 { spans.append(Span("forced ", .forced)) }
    let used = spans.reduce(0) { $0 + CellWidth.width(of: $1.text) }
    spans.append(Span(TextFit.pad(text(row), columns: max(room - used, 1), glyphs: glyphs)))
    let count = row.branch.steps.count
    let bound = row.branch.steps.hasUntold ? "ppl >" : "ppl "
    let perplexity = perplexity(of: row.branch.steps).map { bound + PerplexityText.short($0) } ?? ""
    return ListPanel.Line(
      spans + [
        Span(" " + TextFit.pad(settings(row), columns: settingsWidth - 1, glyphs: glyphs), .key),
        Span(
          TextFit.padLeft(counted(count, "step"), columns: Self.stepsWidth, glyphs: glyphs)),
        Span(TextFit.padLeft(perplexity, columns: Self.perplexityWidth, glyphs: glyphs), .strong),
      ], choice: choice)
  }

  /// The tree lines before a branch: "│  └─ ".
  private func guides(_ row: BranchTree.Row) -> String {
    guard let last = row.continues.last else { return "" }
    let isASCII = glyphs == .ascii
    let above = row.continues.dropLast().map { $0 ? (isASCII ? "|  " : "│  ") : "   " }.joined()
    return above + (isASCII ? (last ? "|- " : "`- ") : (last ? "├─ " : "└─ "))
  }

  private func text(_ row: BranchTree.Row) -> String {
    let steps = row.ownSteps
    guard !steps.isEmpty else { return "(the prompt alone)" }
    return safe(String(decoding: steps.flatMap { card?.bytes(of: $0.id) ?? [] }, as: UTF8.self))
  }

  private func safe(_ text: String) -> String { PrintableToken.line(text, glyphs: glyphs) }

  /// The settings of the last step, with which the branch would continue.
  private func settings(_ row: BranchTree.Row) -> String {
    row.branch.steps.last.map { step in
      step.contrast.map { ContrastiveDescription.brief($0, glyphs: glyphs) }
        ?? glyphs.spelled(ChainDescription(step.settings).brief)
    } ?? ""
  }

  // MARK: Below the lines

  private func note(_ index: Int) -> [Span] {
    guard tree.rows.indices.contains(index) else { return [] }
    switch browser.mode {
    case .choosing:
      let isNowhere = !tree.rows.contains(where: \.isCurrent)
      return isNowhere ? [Span("The next step from here begins a new branch.", .dim)] : []
    case .naming: return []
    case .confirmingDeletion:
      let count = tree.rows[index].ownSteps.count
      let steps = count == 1 ? "its own step" : "its \(count) own steps"
      return [Span("Delete this branch, with \(steps)?  y deletes, any other key keeps it", .warn)]
    }
  }

  private var input: TextFieldView? {
    guard case .naming(let field) = browser.mode else { return nil }
    return TextFieldView(label: "name: ", field: field, placeholder: "none")
  }
}

import LMCore
import Presentation

/// The list of kept sessions: prompt, steps, time, and the model where it is another one.
struct KeptSessionsView {
  let list: KeptSessions
  let appearance: Appearance

  /// The widths of the columns to the right of the prompt.
  private static let (stepsWidth, whenWidth) = (24, 14)

  func draw(into buffer: inout ScreenBuffer, in screen: Rect) {
    let area = screen.inset(horizontally: screen.width > 100 ? 4 : 0)
    ListPanel(
      title: counted(list.entries.count, "kept session"), hint: "Enter resumes, d deletes, Esc closes",
      lines: list.entries.enumerated().map { line($1, choice: $0, columns: area.width - 4) },
      chosen: list.chosen,
      note: list.isConfirmingDeletion
        ? [Span("Delete this session?  y deletes, any other key keeps it", .warn)] : []
    ).draw(into: &buffer, in: area, with: appearance)
  }

  private func line(_ entry: KeptEntry, choice: Int, columns: Int) -> ListPanel.Line {
    let glyphs = appearance.glyphs
    let model = entry.isOfThisModel ? "" : "  " + PrintableToken.line(entry.modelName, glyphs: glyphs)
    let room = columns - Self.stepsWidth - Self.whenWidth
    let name = TextFit.fit(model, columns: room / 2, glyphs: glyphs)
    let prompt = entry.prompt(columns: room - CellWidth.width(of: name), glyphs: glyphs)
    return ListPanel.Line(
      [
        Span(TextFit.pad(prompt, columns: room - CellWidth.width(of: name), glyphs: glyphs)),
        Span(name, .warn),
        Span(TextFit.padLeft(entry.steps, columns: Self.stepsWidth, glyphs: glyphs), .strong),
        Span(TextFit.padLeft(entry.when, columns: Self.whenWidth, glyphs: glyphs), .dim),
      ], choice: choice)
  }
}

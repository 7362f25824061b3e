import LMCore
import Presentation

/// The list of presets with their explanations, and of prompts that show their differences.
struct PresetsView {
  let presets: [SamplingPreset]
  let chosen: Int
  /// The current settings, to mark their preset.
  let current: SamplingSettings?
  let card: ModelCard?
  let appearance: Appearance

  private static let nameWidth = 19

  func draw(into buffer: inout ScreenBuffer, in screen: Rect) {
    let area = screen.inset(horizontally: max((screen.width - 104) / 2, 0))
    ListPanel(
      title: "Strategies", hint: "Enter applies, Esc closes", lines: lines(columns: area.width - 4),
      chosen: chosen
    ).draw(into: &buffer, in: area, with: appearance)
  }

  private func lines(columns: Int) -> [ListPanel.Line] {
    let strategies = presets.enumerated().flatMap { index, preset in
      entry(
        preset.name, preset.explanation, choice: index,
        isCurrent: current.map(preset.has) ?? false, columns: columns)
    }
    let first = presets.count
    let prompts = ExamplePrompt.all.enumerated().flatMap { index, prompt in
      [ListPanel.Line([Span("  \(prompt.text)", .key)], choice: first + index)]
        + TextFit.wrap(prompt.explanation(for: card), columns: columns - 4).map {
          ListPanel.Line([Span("    \($0)")], choice: first + index)
        }
    }
    let heading = ListPanel.Line([Span("Prompts to try them on", .title)])
    return strategies + [ListPanel.Line([]), heading] + prompts
  }

  /// A name with its explanation beside it, as many lines as that needs.
  private func entry(
    _ name: String, _ explanation: String, choice: Int, isCurrent: Bool, columns: Int
  ) -> [ListPanel.Line] {
    let mark = isCurrent ? appearance.glyphs.check : ""
    let room = max(columns - Self.nameWidth, 10)
    return TextFit.wrap(explanation, columns: room).enumerated().map { row, text in
      let label = row == 0 ? TextFit.pad(mark, columns: 2, glyphs: appearance.glyphs) + name : ""
      let padded = TextFit.pad(label, columns: Self.nameWidth, glyphs: appearance.glyphs)
      return ListPanel.Line([Span(padded, .key), Span(text)], choice: choice)
    }
  }
}

import LMCore
import Presentation

/// The prompt editor, with the tokens of the text.
struct PromptEditorView {
  let editor: AppState.PromptEditor
  let tokens: [Int]
  let card: ModelCard?
  let appearance: Appearance

  func draw(into buffer: inout ScreenBuffer, in screen: Rect) {
    var rest = screen
    let columns = screen.width - 4
    let strip = TokenStrip(
      tokens: tokens.map {
        TokenStrip.Token(
          label: PrintableToken.label(for: card?.bytes(of: $0) ?? [], glyphs: appearance.glyphs), id: $0)
      })
    let line = TextFieldView(
      label: "", field: editor.field, placeholder: "empty: from the token that begins texts")
    // An additional row for the cursor behind a full line.
    let textWidth = CellWidth.width(of: PrintableToken.line(editor.field.text, glyphs: appearance.glyphs))
    let textRows = min(textWidth / columns + 1, max(screen.height / 4, 2))
    let stripRows = min(strip.rowCount(columns: columns), max(screen.height - textRows - 8, 2) / 2 * 2)
    let box = rest.takeBottom(textRows + stripRows + 3)
    buffer.fill(box, style: appearance.theme[.overlay])
    Frame(
      title: title, rightTitle: "Enter starts, \(appearance.glyphs.arrowUp) earlier ones, Esc closes",
      isFocused: true
    )
    .draw(into: &buffer, in: box, with: appearance)
    var inside = Frame.inner(box).inset(horizontally: 1)
    line.draw(into: &buffer, in: inside.takeTop(textRows), with: appearance)
    _ = inside.takeTop(1)
    strip.draw(into: &buffer, in: inside, with: appearance)
  }

  private var title: String {
    guard let card, card.tokenizer != nil else { return "Prompt" }
    let count = tokens.count
    let text = "Prompt: \(count) \(count == 1 ? "token" : "tokens")"
    return card.tellsContextLength ? text + " of \(NumberFormat.grouped(card.contextLength))" : text
  }
}

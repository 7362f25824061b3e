import Presentation

/// The search line with its result: one row.
struct SearchLineView: Widget {
  var line: AppState.SearchLine
  var finding: SearchFinding?

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    var place = area
    // The field keeps some room for typing; the result gets the rest.
    let typed = CellWidth.width(of: line.field.text)
    let field = place.takeLeft(max(min(typed + 9, area.width / 2), 24))
    TextFieldView(label: "find: ", field: line.field, placeholder: "text or #id").draw(
      into: &buffer, in: field, with: appearance)
    let text =
      finding?.sentence ?? "Enter keeps, Esc goes back, \(appearance.glyphs.arrowDown) the next match"
    let shown = TextFit.fit(
      PrintableToken.line(text, glyphs: appearance.glyphs), columns: place.width - 1,
      glyphs: appearance.glyphs)
    buffer.put(
      shown, at: Point(place.x + 1, place.y), style: appearance.theme[finding == nil ? .dim : .strong],
      in: place)
  }
}

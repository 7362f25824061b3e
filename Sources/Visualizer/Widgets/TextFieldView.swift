import Presentation

/// A text field with its label: one row, or several over which the text wraps. Scrolled so that the cursor is visible.
struct TextFieldView: Widget {
  var label: String
  var field: TextInput
  /// Shown in an empty field.
  var placeholder: String

  init(label: String, field: TextInput, placeholder: String = "") {
    self.label = label
    self.field = field
    self.placeholder = placeholder
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let theme = appearance.theme
    var place = area
    let labelWidth = CellWidth.width(of: label) + 2
    if !label.isEmpty, labelWidth < area.width {
      buffer.put(label, at: Point(area.x + 1, area.y), style: theme[.key], in: area)
      _ = place.takeLeft(labelWidth)
    }
    guard !place.isEmpty else { return }
    if field.characters.isEmpty {
      buffer.put(placeholder, at: Point(place.x + 1, place.y), style: theme[.dim], in: place)
    }
    // The cursor is on a character, or on a blank behind the last one.
    var spots: [(text: String, row: Int, column: Int)] = []
    var (row, column) = (0, 0)
    for character in field.characters + [" "] {
      let text = PrintableToken.line(String(character), glyphs: appearance.glyphs)
      let width = CellWidth.width(of: text)
      if column + width > place.width, column > 0 { (row, column) = (row + 1, 0) }
      spots.append((text, row, column))
      column += width
    }
    let cursorRow = spots[field.cursor].row
    let first = max(0, min(cursorRow - place.height / 2, row - place.height + 1))
    for (index, spot) in spots.enumerated() where spot.row >= first && spot.row < first + place.height {
      let plain = field.isSelected ? theme[.selection] : theme[.text]
      let style = index == field.cursor ? theme[.cursor].adding(.reverse) : plain
      let point = Point(place.x + spot.column, place.y + spot.row - first)
      if index < spots.count - 1 || index == field.cursor {
        buffer.put(spot.text, at: point, style: style, in: place)
      }
    }
  }
}

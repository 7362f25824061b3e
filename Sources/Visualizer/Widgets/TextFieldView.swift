import Presentation

/// A text that the user edits: the prompt, or what to search for.
struct TextField: Hashable {
  private(set) var characters: [Character]
  /// The number of characters before the cursor.
  private(set) var cursor: Int

  init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  var text: String { String(characters) }

  /// Edits; false where the key means nothing here (Enter and Escape are the owner's).
  mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character(let scalar): insert(String(scalar))
    case .paste(let text): insert(text)
    case .left: cursor = max(cursor - 1, 0)
    case .right: cursor = min(cursor + 1, characters.count)
    case .home, .control("a"), .up: cursor = 0
    case .end, .control("e"), .down: cursor = characters.count
    case .backspace: remove(cursor - 1..<cursor)
    case .delete, .control("d"): remove(cursor..<cursor + 1)
    case .control("u"): remove(0..<cursor)
    case .control("k"): remove(cursor..<characters.count)
    case .control("w"): remove(startOfWord..<cursor)
    default: return false
    }
    return true
  }

  private mutating func insert(_ text: String) {
    // A mark joins the character before it: the characters are counted anew.
    let before = String(characters[..<cursor]) + text
    let after = characters[cursor...]
    characters = Array(before + String(after))
    cursor = Array(before).count
  }

  private mutating func remove(_ range: Range<Int>) {
    let bounded = range.clamped(to: 0..<characters.count)
    characters.removeSubrange(bounded)
    cursor = min(bounded.lowerBound, characters.count)
  }

  private var startOfWord: Int {
    var start = cursor
    while start > 0, characters[start - 1].isWhitespace { start -= 1 }
    while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
    return start
  }
}

/// A text field with its label: one row, or several that the text fills. Scrolled so that the cursor is in sight.
struct InputLine: Widget {
  var label: String
  var field: TextField
  /// Shown in an empty field.
  var placeholder: String

  init(label: String, field: TextField, placeholder: String = "") {
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
    // The cursor stands on a character, or on the blank behind the last.
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
      let style = index == field.cursor ? theme[.cursor].adding(.reverse) : theme[.text]
      let point = Point(place.x + spot.column, place.y + spot.row - first)
      if index < spots.count - 1 || index == field.cursor {
        buffer.put(spot.text, at: point, style: style, in: place)
      }
    }
  }
}

import Presentation

/// A part of a line in one style.
struct Span: Hashable {
  var text: String
  var role: ThemeRole

  init(_ text: String, _ role: ThemeRole = .text) {
    self.text = text
    self.role = role
  }
}

extension ScreenBuffer {
  /// Writes a line of spans, cut where it does not fit.
  mutating func put(_ spans: [Span], in area: Rect, with appearance: Appearance) {
    var x = area.x
    for span in spans {
      let text = TextFit.fit(span.text, columns: area.maxX - x, glyphs: appearance.glyphs)
      x = put(text, at: Point(x, area.y), style: appearance.theme[span.role], in: area)
    }
  }
}

/// A list in a box over the screen, scrolled so that the chosen entry is visible.
struct ListPanel: Widget {
  struct Line: Hashable {
    var spans: [Span]
    /// The entry that this line belongs to; nil for headings and other text.
    var choice: Int?

    init(_ spans: [Span], choice: Int? = nil) {
      self.spans = spans
      self.choice = choice
    }
  }

  var title: String
  /// The title at the right of the frame.
  var hint: String
  var lines: [Line]
  var chosen: Int
  /// A line below the list, which does not scroll.
  var note: [Span]
  /// An input field in place of the note.
  var input: TextFieldView?

  init(
    title: String, hint: String = "", lines: [Line], chosen: Int, note: [Span] = [],
    input: TextFieldView? = nil
  ) {
    self.title = title
    self.hint = hint
    self.lines = lines
    self.chosen = chosen
    self.note = note
    self.input = input
  }

  private var hasFooter: Bool { !note.isEmpty || input != nil }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    let size = Size(columns: area.width, rows: lines.count + (hasFooter ? 2 : 0) + 2)
    let box = area.centered(size)
    guard box.width > 4, box.height > 2 else { return }
    buffer.fill(box, style: appearance.theme[.overlay])
    Frame(title: title, rightTitle: hint, isFocused: true).draw(into: &buffer, in: box, with: appearance)
    var inside = Frame.inner(box).inset(horizontally: 1)
    if hasFooter, inside.height > 2 {
      let footer = inside.takeBottom(1)
      _ = inside.takeBottom(1)
      buffer.put(note, in: footer, with: appearance)
      input?.draw(into: &buffer, in: footer, with: appearance)
    }
    let first = firstLine(height: inside.height)
    for (row, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
      let place = inside.row(row)
      let isChosen = line.choice == chosen
      let isFirst = line.choice != lines.prefix(first + row).last?.choice
      if isChosen, isFirst {
        buffer.put(
          appearance.glyphs.pointerRight, at: Point(place.x - 1, place.y), style: appearance.theme[.key],
          in: Frame.inner(box))
      }
      buffer.put(line.spans, in: place, with: appearance)
      if isChosen { buffer.restyle(place) { appearance.theme[.selection].merged(over: $0) } }
    }
  }

  /// The first visible line, so that all lines of the chosen entry are visible, and some before them.
  private func firstLine(height: Int) -> Int {
    guard lines.count > height, let last = lines.lastIndex(where: { $0.choice == chosen }) else { return 0 }
    return min(max(last - height * 2 / 3, 0), lines.count - height)
  }
}

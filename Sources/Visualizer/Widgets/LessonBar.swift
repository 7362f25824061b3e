import Presentation

/// The caption of a lesson's step, with the step's number: as many rows as the caption needs.
struct LessonBar: Widget {
  var caption: String
  /// 1 for the first step.
  var number: Int
  var count: Int
  var isDone: Bool
  /// A lesson follows this one.
  var hasNextLesson: Bool

  /// The columns of "12/34 ".
  private static let gutter = 7

  static func textWidth(in columns: Int) -> Int { max(columns - gutter - 1, 1) }

  /// The number of rows, at most `limit`.
  func height(columns: Int, limit: Int, glyphs: GlyphSet) -> Int {
    min(lines(columns: columns, glyphs: glyphs).count, limit)
  }

  private func lines(columns: Int, glyphs: GlyphSet) -> [String] {
    let text = PrintableToken.line(glyphs.spelled(caption), glyphs: glyphs)
    return TextFit.wrap(text, columns: Self.textWidth(in: columns))
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let (theme, glyphs) = (appearance.theme, appearance.glyphs)
    let place = isDone ? glyphs.check : "\(number)/\(count)"
    buffer.put(place, at: Point(area.x + 1, area.y), style: theme[isDone ? .good : .key], in: area)
    if area.height > 1 {
      // The keys for the previous and the next step or lesson, where there is one.
      let keys = [number > 1 ? "<" : " ", number < count || hasNextLesson ? ">" : " "].joined(separator: " ")
      buffer.put(keys, at: Point(area.x + 1, area.y + 1), style: theme[.dim], in: area)
    }
    for (row, line) in lines(columns: area.width, glyphs: glyphs).prefix(area.height).enumerated() {
      buffer.put(line, at: Point(area.x + Self.gutter, area.y + row), style: theme[.strong], in: area)
    }
  }
}

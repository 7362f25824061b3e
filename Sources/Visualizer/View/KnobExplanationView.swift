import Presentation

/// The box at the bottom of the screen that explains the setting just changed.
struct KnobExplanationView {
  let explanation: KnobExplanation
  let appearance: Appearance

  /// - Parameter screen: the area above the last line.
  func draw(into buffer: inout ScreenBuffer, in screen: Rect) {
    var rest = screen
    let lines = TextFit.wrap(explanation.text, columns: screen.width - 4)
    let box = rest.takeBottom(lines.count + 2)
    buffer.fill(box, style: appearance.theme[.overlay])
    Frame(title: appearance.glyphs.spelled(explanation.title), isFocused: true).draw(
      into: &buffer, in: box, with: appearance)
    let inside = Frame.inner(box).inset(horizontally: 1)
    for (row, line) in lines.enumerated() {
      buffer.put(
        line, at: Point(inside.x, inside.y + row), style: appearance.theme[.text], in: inside)
    }
  }
}

import Presentation

/// The legend over the main screen: a sign in reverse where it stands, and a box that explains it.
struct LegendView {
  /// The signs on screen with their cells.
  let signs: [(sign: LegendSign, cells: [Rect])]
  let state: AppState
  let appearance: Appearance

  init(_ places: LegendPlaces) {
    (state, appearance) = (places.state, places.appearance)
    signs = LegendSign.allCases.map { ($0, places.cells(of: $0)) }.filter { !$0.1.isEmpty }
  }

  /// Draws the sign with this number, from 0, clamped to the last one.
  ///
  /// - Parameter area: between title and key line.
  func draw(number: Int, into buffer: inout ScreenBuffer, in area: Rect) {
    guard let last = signs.indices.last else { return }
    let index = min(number, last)
    let (sign, cells) = signs[index]
    let name = label(of: cells[0], in: buffer)
    for cell in cells {
      buffer.restyle(cell) { $0.adding([.bold, .reverse]) }
    }
    let text = appearance.glyphs.spelled(
      sign.explanation(colors: state.text.scale, isGreedy: state.settings[state.focus].isGreedy))
    let lines = TextFit.wrap(text, columns: area.width - 4)
    // Above the sign where there is room, so that it is not covered.
    var rest = area
    let height = lines.count + 2
    let box = cells[0].y >= area.y + height ? rest.takeTop(height) : rest.takeBottom(height)
    buffer.fill(box, style: appearance.theme[.overlay])
    Frame(title: name, rightTitle: "\(index + 1) of \(signs.count)", isFocused: true).draw(
      into: &buffer, in: box, with: appearance)
    let inside = Frame.inner(box).inset(horizontally: 1)
    for (row, line) in lines.enumerated() {
      buffer.put(line, at: Point(inside.x, inside.y + row), style: appearance.theme[.text], in: inside)
    }
  }

  /// What the cells show.
  private func label(of cells: Rect, in buffer: ScreenBuffer) -> String {
    let text = (cells.x..<cells.maxX).map { buffer[Point($0, cells.y)] }.filter { $0.width > 0 }
    return String(String.UnicodeScalarView(text.map(\.scalar)))
  }
}

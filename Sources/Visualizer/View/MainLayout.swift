/// Where the panels of the main screen lie. Frames share their horizontal edges: each area below includes the
/// edge above it, the last also the one below.
struct MainLayout: Equatable {
  static let minimum = Size(columns: 80, rows: 24)

  let title: Rect
  let text: Rect
  let table: Rect
  let draw: Rect
  let history: Rect
  let footer: Rect
  let fits: Bool

  init(size: Size) {
    fits = size.columns >= Self.minimum.columns && size.rows >= Self.minimum.rows
    var rest = Rect(x: 0, y: 0, width: size.columns, height: size.rows)
    title = rest.takeTop(1)
    footer = rest.takeBottom(1)
    // Lines inside the frames grow with the window: the text gets a fifth, the table all that is left.
    let spare = max(size.rows - Self.minimum.rows, 0)
    let textLines = 4 + spare / 5
    let drawLines = spare >= 4 ? 2 : 1
    let historyLines = spare >= 6 ? 3 : 2
    text = Self.framed(&rest, lines: textLines)
    var below = rest
    history = below.takeBottom(historyLines + 2)
    below.height += 1
    draw = below.takeBottom(drawLines + 2)
    below.height += 1
    table = below
  }

  /// Takes a frame from the top; its lower edge stays as the next one's upper.
  private static func framed(_ rest: inout Rect, lines: Int) -> Rect {
    let area = rest.takeTop(lines + 2)
    rest.y -= 1
    rest.height += 1
    return area
  }
}

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
    text = Rect(x: 0, y: rest.y, width: rest.width, height: textLines + 2)
    _ = rest.takeTop(textLines + 1)
    history = Rect(
      x: 0, y: rest.maxY - historyLines - 2, width: rest.width, height: historyLines + 2)
    draw = Rect(x: 0, y: history.y - drawLines - 1, width: rest.width, height: drawLines + 2)
    table = Rect(x: 0, y: rest.y, width: rest.width, height: draw.y + 1 - rest.y)
  }
}

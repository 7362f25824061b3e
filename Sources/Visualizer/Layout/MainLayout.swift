/// The areas of one lane's panels. Frames share their edges: each area includes the edge above it, the last
/// also the one below.
struct LaneLayout: Equatable {
  let text: Rect
  let table: Rect
  /// The strip of the draw; empty where there is no room for it.
  let draw: Rect
  let history: Rect

  /// Stacks the panels from top to bottom, with these numbers of lines inside the frames; the table gets the rest.
  init(_ area: Rect, textLines: Int, drawLines: Int, historyLines: Int) {
    func stacked(from y: Int, to end: Int) -> Rect {
      Rect(x: area.x, y: y, width: area.width, height: end - y)
    }
    let historyTop = area.maxY - historyLines - 2
    let drawTop = drawLines > 0 ? historyTop - drawLines - 1 : historyTop
    text = stacked(from: area.y, to: area.y + textLines + 2)
    table = stacked(from: text.maxY - 1, to: drawTop + 1)
    draw = drawLines > 0 ? stacked(from: drawTop, to: historyTop + 1) : stacked(from: drawTop, to: drawTop)
    history = stacked(from: historyTop, to: area.maxY)
  }
}

/// The areas of the screen's panels: one lane over the whole window, or two, side by side or stacked.
struct MainLayout: Equatable {
  static let minimum = Size(columns: 80, rows: 24)

  let title: Rect
  /// The caption of a lesson; empty without one.
  let caption: Rect
  let lanes: [LaneLayout]
  /// The chain panel, over the histories of all lanes; empty while it is closed.
  let panel: Rect
  let footer: Rect
  let fits: Bool
  /// Two lanes one above the other.
  let isStacked: Bool

  /// - Parameter panelLines: the lines inside the chain panel's frame; 0 while it is closed.
  init(size: Size, laneCount: Int = 1, captionLines: Int = 0, panelLines: Int = 0) {
    fits = size.columns >= Self.minimum.columns && size.rows >= Self.minimum.rows
    var rest = Rect(x: 0, y: 0, width: size.columns, height: size.rows)
    title = rest.takeTop(1)
    footer = rest.takeBottom(1)
    caption = rest.takeTop(captionLines)
    let isOpen = panelLines > 0
    panel =
      isOpen
      ? Rect(x: 0, y: rest.maxY - panelLines - 2, width: rest.width, height: panelLines + 2)
      : Rect(x: 0, y: rest.maxY, width: rest.width, height: 0)
    // In the smallest window a caption takes one line from the text, and the rest from the table.
    let isTight = size.rows - captionLines < Self.minimum.rows
    let spare = max(size.rows - captionLines - Self.minimum.rows, 0)
    // Narrow and high: side by side the tables would lose their bars, and stacked each still has enough rows.
    isStacked = laneCount > 1 && size.columns < 100 && size.rows >= 40 && !isOpen
    guard laneCount > 1 else {
      // Wide windows show the loop beside the history, high ones below it, with rows for its columns.
      let historyLines = spare < 6 ? 2 : size.columns >= 144 ? 4 : spare < 16 ? 3 : 6
      // The text gets a fifth of the additional rows, the table the rest.
      lanes = [
        LaneLayout(
          rest, textLines: isOpen ? 2 + spare / 8 : isTight ? 3 : 4 + spare / 5,
          drawLines: spare >= 4 ? 2 : 1,
          historyLines: isOpen ? panelLines : historyLines)
      ]
      return
    }
    if isStacked {
      let half = (rest.height + 1) / 2
      let above = Rect(x: 0, y: rest.y, width: rest.width, height: half)
      let below = Rect(x: 0, y: above.maxY - 1, width: rest.width, height: rest.maxY - above.maxY + 1)
      lanes = [above, below].map { LaneLayout($0, textLines: 3, drawLines: 0, historyLines: 2) }
    } else {
      let half = (rest.width + 1) / 2
      let left = Rect(x: 0, y: rest.y, width: half, height: rest.height)
      let right = Rect(x: half - 1, y: rest.y, width: rest.width - half + 1, height: rest.height)
      lanes = [left, right].map {
        LaneLayout(
          $0, textLines: isOpen ? 2 + spare / 8 : isTight ? 5 : 6 + spare / 4,
          drawLines: isOpen || spare >= 4 ? 1 : 0, historyLines: isOpen ? panelLines : 2)
      }
    }
  }
}

import Presentation

/// The cells of the whole screen. Widgets draw into it, a terminal shows it. Independent of any terminal.
///
/// Cells hold printable characters only: control, escape and bidirectional characters of a text are replaced.
package struct ScreenBuffer: Hashable, Sendable {
  package let size: Size
  /// The cells, row by row.
  package private(set) var cells: [Cell]

  package init(size: Size) {
    self.size = size
    cells = Array(repeating: .blank, count: size.columns * size.rows)
  }

  package var bounds: Rect { Rect(size: size) }

  /// The cell at a point; a blank one outside the screen.
  package subscript(_ point: Point) -> Cell {
    bounds.contains(point) ? cells[point.y * size.columns + point.x] : .blank
  }

  package func row(_ y: Int) -> ArraySlice<Cell> { cells[y * size.columns..<(y + 1) * size.columns] }

  /// Writes text to the right from a point, clipped (a wide character that crosses the edge becomes a blank).
  ///
  /// Combining marks join the character before them. Returns the column behind the text, without clipping.
  @discardableResult
  package mutating func put(_ text: String, at point: Point, style: Style = .plain, in clip: Rect? = nil)
    -> Int
  {
    let area = (clip ?? bounds).intersection(bounds)
    var x = point.x
    // The cell that a combining mark would join.
    var base: Int?
    for scalar in text.unicodeScalars {
      let width = CellWidth.width(of: scalar)
      if width == 0 {
        if let base { cells[base].add(mark: scalar) }
        continue
      }
      let cell = Cell(width == nil ? "?" : scalar, width: Int8(width ?? 1), style: style)
      base = set(cell, at: Point(x, point.y), in: area)
      x += Int(cell.width)
    }
    return x
  }

  /// Sets one character with its marks, if it is inside the clip.
  package mutating func set(_ cell: Cell, at point: Point, clip: Rect? = nil) {
    _ = set(cell, at: point, in: (clip ?? bounds).intersection(bounds))
  }

  /// Fills an area with a character of width one.
  package mutating func fill(_ rect: Rect, with scalar: Unicode.Scalar = " ", style: Style = .plain) {
    let area = rect.intersection(bounds)
    guard !area.isEmpty else { return }
    let cell = Cell(CellWidth.width(of: scalar) == 1 ? scalar : "?", style: style)
    for y in area.y..<area.maxY {
      for x in area.x..<area.maxX { _ = set(cell, at: Point(x, y), in: area) }
    }
  }

  /// Changes the style of the cells in an area.
  package mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
    let area = rect.intersection(bounds)
    guard !area.isEmpty else { return }
    for y in area.y..<area.maxY {
      for index in y * size.columns + area.x..<y * size.columns + area.maxX {
        cells[index].style = change(cells[index].style)
      }
    }
  }

  /// Returns the index of the cell that holds the character; nil where it is clipped.
  private mutating func set(_ cell: Cell, at point: Point, in area: Rect) -> Int? {
    let (x, y, width) = (point.x, point.y, Int(cell.width))
    guard y >= area.y, y < area.maxY, x + width > area.x, x < area.maxX else { return nil }
    if x < area.x || x + width > area.maxX {
      // A wide character across the edge: the half inside becomes a blank.
      _ = set(Cell(" ", style: cell.style), at: Point(x < area.x ? area.x : x, y), in: area)
      return nil
    }
    let index = y * size.columns + x
    separate(index, row: y)
    if width == 2 {
      separate(index + 1, row: y)
      cells[index + 1] = Cell(" ", width: 0, style: cell.style)
    }
    cells[index] = cell
    return index
  }

  /// Blanks the other half of a wide character that is about to be overwritten.
  private mutating func separate(_ index: Int, row: Int) {
    switch cells[index].width {
    case 0: cells[index - 1] = Cell(" ", style: cells[index - 1].style)
    case 2: cells[index + 1] = Cell(" ", style: cells[index + 1].style)
    default: break
    }
  }

  /// The text without styles, one line per row, without trailing blanks.
  package var text: String {
    (0..<size.rows).map { y in
      var line = String.UnicodeScalarView()
      for cell in row(y) where cell.width > 0 {
        line.append(cell.scalar)
        line.append(contentsOf: cell.marks)
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }.joined(separator: "\n")
  }
}

// MARK: - Lines

extension ScreenBuffer {
  package mutating func horizontalLine(
    from point: Point, length: Int, glyphs: GlyphSet, style: Style = .plain
  ) {
    guard length > 0 else { return }
    for x in point.x..<point.x + length {
      // The ends of a longer line have one arm each, so that they form corners and tees with other lines.
      var arms = LineArms.horizontal
      if length > 1, x == point.x { arms = .right }
      if length > 1, x == point.x + length - 1 { arms = .left }
      join(arms, at: Point(x, point.y), glyphs: glyphs, style: style)
    }
  }

  package mutating func verticalLine(from point: Point, length: Int, glyphs: GlyphSet, style: Style = .plain)
  {
    guard length > 0 else { return }
    for y in point.y..<point.y + length {
      var arms = LineArms.vertical
      if length > 1, y == point.y { arms = .down }
      if length > 1, y == point.y + length - 1 { arms = .up }
      join(arms, at: Point(point.x, y), glyphs: glyphs, style: style)
    }
  }

  /// A box along the rectangle's edge. Boxes that share an edge are joined.
  package mutating func box(_ rect: Rect, glyphs: GlyphSet, style: Style = .plain) {
    guard rect.width > 1, rect.height > 1 else {
      horizontalLine(from: rect.origin, length: rect.isEmpty ? 0 : rect.width, glyphs: glyphs, style: style)
      return
    }
    let (left, right, top, bottom) = (rect.x, rect.maxX - 1, rect.y, rect.maxY - 1)
    for x in left + 1..<right {
      join(.horizontal, at: Point(x, top), glyphs: glyphs, style: style)
      join(.horizontal, at: Point(x, bottom), glyphs: glyphs, style: style)
    }
    for y in top + 1..<bottom {
      join(.vertical, at: Point(left, y), glyphs: glyphs, style: style)
      join(.vertical, at: Point(right, y), glyphs: glyphs, style: style)
    }
    join([.right, .down], at: Point(left, top), glyphs: glyphs, style: style)
    join([.left, .down], at: Point(right, top), glyphs: glyphs, style: style)
    join([.right, .up], at: Point(left, bottom), glyphs: glyphs, style: style)
    join([.left, .up], at: Point(right, bottom), glyphs: glyphs, style: style)
  }

  private mutating func join(_ arms: LineArms, at point: Point, glyphs: GlyphSet, style: Style) {
    guard bounds.contains(point) else { return }
    let met = LineArms(of: self[point].scalar, glyphs: glyphs)
    set(Cell(met.union(arms).scalar(glyphs), style: style), at: point)
  }
}

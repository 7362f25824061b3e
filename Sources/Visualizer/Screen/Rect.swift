/// A rectangle of cells. Width and height are never negative; an empty one is drawn as nothing.
package struct Rect: Hashable, Sendable {
  package private(set) var x: Int
  package private(set) var y: Int
  package private(set) var width: Int
  package private(set) var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(width, 0)
    self.height = max(height, 0)
  }

  package init(origin: Point = Point(0, 0), size: Size) {
    self.init(x: origin.x, y: origin.y, width: size.columns, height: size.rows)
  }

  package var origin: Point { Point(x, y) }
  package var size: Size { Size(columns: width, rows: height) }
  /// The column behind the right edge.
  package var maxX: Int { x + width }
  /// The row below the bottom edge.
  package var maxY: Int { y + height }
  package var isEmpty: Bool { width == 0 || height == 0 }

  package func contains(_ point: Point) -> Bool {
    point.x >= x && point.x < maxX && point.y >= y && point.y < maxY
  }

  package func inset(horizontally columns: Int = 0, vertically rows: Int = 0) -> Rect {
    Rect(x: x + columns, y: y + rows, width: width - 2 * columns, height: height - 2 * rows)
  }

  package func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(x: left, y: top, width: min(maxX, other.maxX) - left, height: min(maxY, other.maxY) - top)
  }

  /// One row, counted from the top; empty where there is no such row.
  package func row(_ index: Int) -> Rect {
    let isInside = index >= 0 && index < height
    return Rect(x: x, y: y + index, width: width, height: isInside ? 1 : 0)
  }

  /// A rectangle of this size in the middle, clipped to fit.
  package func centered(_ size: Size) -> Rect {
    let columns = min(size.columns, width)
    let rows = min(size.rows, height)
    return Rect(x: x + (width - columns) / 2, y: y + (height - rows) / 2, width: columns, height: rows)
  }

  /// Removes up to `rows` rows at the top and returns them; likewise the three below for the other edges.
  package mutating func takeTop(_ rows: Int) -> Rect {
    let taken = min(max(rows, 0), height)
    defer { self = Rect(x: x, y: y + taken, width: width, height: height - taken) }
    return Rect(x: x, y: y, width: width, height: taken)
  }

  package mutating func takeBottom(_ rows: Int) -> Rect {
    let taken = min(max(rows, 0), height)
    height -= taken
    return Rect(x: x, y: maxY, width: width, height: taken)
  }

  package mutating func takeLeft(_ columns: Int) -> Rect {
    let taken = min(max(columns, 0), width)
    defer { self = Rect(x: x + taken, y: y, width: width - taken, height: height) }
    return Rect(x: x, y: y, width: taken, height: height)
  }

  package mutating func takeRight(_ columns: Int) -> Rect {
    let taken = min(max(columns, 0), width)
    width -= taken
    return Rect(x: maxX, y: y, width: taken, height: height)
  }
}

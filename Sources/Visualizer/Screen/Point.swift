/// A cell of the screen: columns count rightwards, rows downwards, (0, 0) is the upper left corner.
package struct Point: Hashable, Sendable {
  package var x: Int
  package var y: Int

  package init(_ x: Int, _ y: Int) {
    self.x = x
    self.y = y
  }
}

/// The size of a screen or an area, in cells. Never negative.
package struct Size: Hashable, Sendable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = max(columns, 0)
    self.rows = max(rows, 0)
  }

  package func holds(_ other: Size) -> Bool { columns >= other.columns && rows >= other.rows }
}

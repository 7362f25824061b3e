/// A piece of the screen: a value that can draw itself. It draws inside its area alone, whatever the area's size.
protocol Widget {
  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance)
}

extension ScreenBuffer {
  /// A picture of one widget on a screen of its own.
  static func picture(of widget: some Widget, columns: Int, rows: Int, with appearance: Appearance)
    -> ScreenBuffer
  {
    var buffer = ScreenBuffer(size: Size(columns: columns, rows: rows))
    widget.draw(into: &buffer, in: buffer.bounds, with: appearance)
    return buffer
  }
}

/// A part of the screen that can draw itself. It draws only inside its area, whatever the area's size.
protocol Widget {
  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance)
}

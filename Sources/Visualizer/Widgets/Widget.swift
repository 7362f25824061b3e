/// A piece of the screen: a value that can draw itself. It draws inside its area alone, whatever the area's size.
protocol Widget {
  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance)
}

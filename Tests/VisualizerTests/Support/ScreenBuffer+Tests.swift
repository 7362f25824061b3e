@testable import Visualizer

extension ScreenBuffer {
  /// A picture of one widget that fills the screen.
  static func picture(of widget: some Widget, columns: Int, rows: Int, with appearance: Appearance)
    -> ScreenBuffer
  {
    var buffer = ScreenBuffer(size: Size(columns: columns, rows: rows))
    widget.draw(into: &buffer, in: buffer.bounds, with: appearance)
    return buffer
  }

  /// The text with each run of equal style as `{name|text}`; runs with the name "" are written without braces.
  func styledText(_ name: (Style) -> String) -> String {
    (0..<size.rows).map { y in
      var line = ""
      var open = ""
      for cell in row(y) where cell.width > 0 {
        let style = name(cell.style)
        if style != open {
          if !open.isEmpty { line += "}" }
          if !style.isEmpty { line += "{\(style)|" }
          open = style
        }
        line.unicodeScalars.append(cell.scalar)
        line.unicodeScalars.append(contentsOf: cell.marks)
      }
      if !open.isEmpty { line += "}" }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

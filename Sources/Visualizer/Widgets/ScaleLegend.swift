import Presentation

/// The legend of the text's colours, on a frame's line: the label of each step in its own style.
struct ScaleLegend: Widget {
  var title: String
  /// The labels of the steps, from expected to surprising.
  var labels: [String]

  /// The width in columns, with a blank on each side; 0 without labels.
  func width(with appearance: Appearance) -> Int {
    labels.isEmpty ? 0 : spans(appearance).reduce(2) { $0 + CellWidth.width(of: $1.text) }
  }

  /// Draws the legend at the right of its area; nothing where that is too narrow.
  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    let width = width(with: appearance)
    guard width > 0, width <= area.width, area.height > 0 else { return }
    var x = area.maxX - width
    buffer.fill(Rect(x: x, y: area.y, width: width, height: 1))
    x += 1
    for span in spans(appearance) {
      x = buffer.put(span.text, at: Point(x, area.y), style: span.style, in: area)
    }
  }

  private func spans(_ appearance: Appearance) -> [(text: String, style: Style)] {
    let theme = appearance.theme
    return [(title, theme[.dim])]
      + labels.enumerated().flatMap { step, label in
        [(" ", Style.plain), (Self.safe(label, appearance.glyphs), theme.scale(step))]
      }
  }

  private static func safe(_ label: String, _ glyphs: GlyphSet) -> String {
    glyphs == .blocks ? label : label.replacing("≤", with: "<=").replacing("≥", with: ">=")
  }
}

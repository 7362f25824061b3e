import LMCore

extension String {
  /// Text as it may stand in HTML and SVG, between tags and within quotes.
  var escapedForMarkup: String {
    escaped { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&#39;"
      default: nil
      }
    }
  }
}

/// A part of an SVG picture, built shape by shape. Lengths in user units, y downwards.
struct Drawing {
  enum Anchor: String { case start, middle, end }

  private(set) var markup = ""
  private(set) var width: Double
  var height: Double

  init(width: Double, height: Double = 0) { (self.width, self.height) = (width, height) }

  mutating func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, radius: Double = 0,
    title: String? = nil
  ) {
    guard width > 0, height > 0 else { return }
    let corners = radius > 0 ? " rx=\"\(decimal(min(radius, width / 2)))\"" : ""
    let shape =
      "<rect class=\"\(style)\" x=\"\(decimal(x))\" y=\"\(decimal(y))\" width=\"\(decimal(width))\" "
      + "height=\"\(decimal(height))\"\(corners)"
    markup += title.map { "\(shape)><title>\($0.escapedForMarkup)</title></rect>\n" } ?? "\(shape)/>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    markup +=
      "<line class=\"\(style)\" x1=\"\(decimal(x1))\" y1=\"\(decimal(y1))\" x2=\"\(decimal(x2))\" y2=\"\(decimal(y2))\"/>\n"
  }

  mutating func path(_ points: String, _ style: String) {
    markup += "<path class=\"\(style)\" d=\"\(points)\"/>\n"
  }

  /// - Parameter length: the width that the text is stretched to, whatever the font.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ style: String, _ anchor: Anchor = .start,
    length: Double? = nil
  ) {
    let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let length = length.map { " textLength=\"\(decimal($0))\" lengthAdjust=\"spacingAndGlyphs\"" } ?? ""
    markup +=
      "<text class=\"\(style)\" x=\"\(decimal(x))\" y=\"\(decimal(y))\"\(anchor)\(length)>\(text.escapedForMarkup)</text>\n"
  }

  /// Adds another drawing at (x, y).
  mutating func place(_ other: Drawing, x: Double, y: Double) {
    markup += "<g transform=\"translate(\(decimal(x)) \(decimal(y)))\">\n\(other.markup)</g>\n"
  }

  /// The drawing as an `svg` element of an HTML page; the style sheet sets its width.
  ///
  /// - Parameter keepsWidth: the element is as wide as the drawing, and may be scrolled.
  func element(_ style: String, label: String, keepsWidth: Bool = false) -> String {
    """
    <svg class="\(style)"\(keepsWidth ? " style=\"width:\(decimal(width))px\"" : "") xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(decimal(width)) \(decimal(height))" role="img" \
    aria-label="\(label.escapedForMarkup)">
    \(markup)</svg>

    """
  }
}

/// A length with at most two decimals.
func decimal(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let rounded = (value * 100).rounded() / 100
  return rounded == rounded.rounded() ? String(Int(rounded)) : NumberFormat.trimmed(rounded)
}

extension NumberFormat {
  fileprivate static func trimmed(_ value: Double) -> String {
    let text = fixed(value, decimals: 2)
    return text.hasSuffix("0") ? String(text.dropLast()) : text
  }
}

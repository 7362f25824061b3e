import LMCore

/// Text as it may stand in HTML and SVG, between tags and within quotes.
func escaped(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// A part of an SVG picture, put together shape by shape. Lengths in user units, y downwards.
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
    let corners = radius > 0 ? " rx=\"\(number(min(radius, width / 2)))\"" : ""
    let shape =
      "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
      + "height=\"\(number(height))\"\(corners)"
    markup += title.map { "\(shape)><title>\(escaped($0))</title></rect>\n" } ?? "\(shape)/>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    markup +=
      "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>\n"
  }

  mutating func path(_ points: String, _ style: String) {
    markup += "<path class=\"\(style)\" d=\"\(points)\"/>\n"
  }

  mutating func circle(_ x: Double, _ y: Double, _ radius: Double, _ style: String) {
    markup += "<circle class=\"\(style)\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\"/>\n"
  }

  /// - Parameter length: the width that the text is given, whatever the font.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ style: String, _ anchor: Anchor = .start,
    length: Double? = nil
  ) {
    let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let length = length.map { " textLength=\"\(number($0))\" lengthAdjust=\"spacingAndGlyphs\"" } ?? ""
    markup +=
      "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\"\(anchor)\(length)>\(escaped(text))</text>\n"
  }

  /// Puts another drawing at a place of this one.
  mutating func place(_ other: Drawing, x: Double, y: Double) {
    markup += "<g transform=\"translate(\(number(x)) \(number(y)))\">\n\(other.markup)</g>\n"
  }

  /// The drawing as an element of a page, as wide as there is room.
  func element(_ style: String, label: String) -> String {
    """
    <svg class="\(style)" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" role="img" \
    aria-label="\(escaped(label))">
    \(markup)</svg>

    """
  }
}

/// A length with at most two decimals.
func number(_ value: Double) -> String {
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

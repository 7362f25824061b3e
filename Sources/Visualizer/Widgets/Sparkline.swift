import Presentation

/// Values as columns of blocks, one column each.
enum Sparkline {
  /// One row; values are clamped to 0...1.
  static func text(_ values: some Sequence<Double>, glyphs: GlyphSet) -> String {
    rows(values, height: 1, glyphs: glyphs).first ?? ""
  }

  /// The same over several rows, the highest first. A value above 0 shows at least an eighth of a row.
  static func rows(_ values: some Sequence<Double>, height: Int, glyphs: GlyphSet) -> [String] {
    let eighths = values.map { value -> Int in
      guard value > 0 else { return 0 }
      return max(Int((min(value, 1) * Double(height) * 8).rounded()), 1)
    }
    return (0..<max(height, 0)).reversed().map { row in
      var line = String.UnicodeScalarView()
      for count in eighths { line.append(glyphs.lowerEighths(min(max(count - row * 8, 0), 8))) }
      return String(line)
    }
  }
}

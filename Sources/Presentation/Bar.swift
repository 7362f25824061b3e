/// Horizontal bars as text.
package enum Bar {
  /// A bar of `share` (0...1) of `width` columns, in eighths of a column; at least one eighth for a share above 0.
  package static func text(_ share: Double, width: Int, glyphs: GlyphSet) -> String {
    guard width > 0, share > 0 else { return "" }
    let eighths = max(Int((min(share, 1) * Double(width) * 8).rounded()), 1)
    var text = String.UnicodeScalarView(repeatElement(glyphs.leftEighths(8), count: eighths / 8))
    if eighths % 8 > 0, glyphs == .blocks || eighths % 8 >= 4 || text.isEmpty {
      text.append(glyphs.leftEighths(eighths % 8))
    }
    return String(text)
  }

  /// A bar of `#` for files and pipes: `share` (0...1) of `width` columns, at least one for a share above 0.
  package static func wholeColumns(_ share: Double, width: Int) -> String {
    guard share > 0 else { return "" }
    return String(repeating: "#", count: min(width, max(1, Int((share * Double(width)).rounded()))))
  }
}

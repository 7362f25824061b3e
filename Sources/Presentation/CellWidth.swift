/// The width of characters on screen in columns, according to glibc's wcwidth, which curses uses.
package enum CellWidth {
  private static let unprintable: UInt32 = 3

  /// 0 for a combining mark, 1 or 2 for others; nil for one that must not be drawn: control, format, unassigned.
  package static func width(of scalar: Unicode.Scalar) -> Int? {
    if scalar.value >= 0x20 && scalar.value < 0x7F { return 1 }
    // The last boundary at or below the scalar; the first one is U+0000.
    var low = 0
    var high = boundaries.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if boundaries[middle] >> 2 <= scalar.value { low = middle } else { high = middle }
    }
    let width = boundaries[low] & 3
    return width == unprintable ? nil : Int(width)
  }

  /// The width of a text in one line. A character that must not be drawn counts as one column, that of its replacement.
  package static func width(of text: String) -> Int { columns(of: text) }

  /// As above, for a part of a text.
  package static func width(of text: Substring) -> Int { columns(of: text) }

  // Generic code is slow across modules, so the two above are what callers see.
  private static func columns(of text: some StringProtocol) -> Int {
    var columns = 0
    for scalar in text.unicodeScalars { columns += width(of: scalar) ?? 1 }
    return columns
  }
}

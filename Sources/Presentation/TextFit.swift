/// Cuts, pads and wraps text by the columns it takes on the screen.
package enum TextFit {
  /// The text cut to at most `columns`, with an ellipsis where something is missing.
  package static func fit(_ text: String, columns: Int, glyphs: GlyphSet) -> String {
    if CellWidth.width(of: text) <= columns { return text }
    let mark = CellWidth.width(of: glyphs.ellipsis) <= columns / 2 ? glyphs.ellipsis : ""
    return prefix(of: text, columns: columns - CellWidth.width(of: mark)) + mark
  }

  /// The longest beginning that fits, marks included.
  static func prefix(of text: String, columns: Int) -> String {
    var kept = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      used += CellWidth.width(of: scalar) ?? 1
      if used > columns { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  /// The text cut to fit and padded with blanks to exactly `columns`.
  package static func pad(_ text: String, columns: Int, glyphs: GlyphSet) -> String {
    let fitted = fit(text, columns: columns, glyphs: glyphs)
    return fitted + blanks(columns - CellWidth.width(of: fitted))
  }

  /// The same, with the blanks before it.
  package static func padLeft(_ text: String, columns: Int, glyphs: GlyphSet) -> String {
    let fitted = fit(text, columns: columns, glyphs: glyphs)
    return blanks(columns - CellWidth.width(of: fitted)) + fitted
  }

  package static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }

  /// Lines of at most `columns`, broken between words where it can be, and at every newline.
  package static func wrap(_ text: String, columns: Int) -> [String] {
    guard columns > 0 else { return [] }
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        var rest = String(word)
        let room = columns - CellWidth.width(of: line) - (line.isEmpty ? 0 : 1)
        if CellWidth.width(of: rest) > room, !line.isEmpty {
          lines.append(line)
          line = ""
        }
        while CellWidth.width(of: rest) > columns {
          let head = prefix(of: rest, columns: columns)
          // A character wider than the whole line is drawn cut rather than looped over.
          let taken = max(head.unicodeScalars.count, 1)
          lines.append(head)
          rest = String(rest.unicodeScalars.dropFirst(taken))
        }
        line += (line.isEmpty ? "" : " ") + rest
      }
      lines.append(line)
    }
    return lines
  }
}

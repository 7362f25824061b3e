/// Truncates, pads and wraps text by its width on screen.
package enum TextFit {
  /// The text truncated to at most `columns`, with an ellipsis at the end where it was cut.
  package static func fit(_ text: String, columns: Int, glyphs: GlyphSet) -> String {
    if CellWidth.width(of: text) <= columns { return text }
    let mark = CellWidth.width(of: glyphs.ellipsis) <= columns / 2 ? glyphs.ellipsis : ""
    return prefix(of: text, columns: columns - CellWidth.width(of: mark)) + mark
  }

  /// The longest prefix that fits, with its combining marks.
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

  /// The text truncated, or padded with blanks, to exactly `columns`.
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

  /// Lines of at most `columns`, broken at every newline, and between words where possible.
  ///
  /// - Parameter breaksWords: false where a word may hold escape sequences: a longer one then has a line of its own.
  package static func wrap(_ text: String, columns: Int, breaksWords: Bool = true) -> [String] {
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
        while breaksWords, CellWidth.width(of: rest) > columns {
          let head = prefix(of: rest, columns: columns)
          // Take at least one character, so that one wider than the line does not loop forever.
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

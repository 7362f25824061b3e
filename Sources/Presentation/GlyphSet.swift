import LMCore

/// The drawing characters: Unicode blocks and lines, or ASCII replacements.
package enum GlyphSet: Hashable, Sendable {
  case blocks, ascii

  /// Selects the glyph of this set.
  private func pick<Glyph>(_ blocks: Glyph, _ ascii: Glyph) -> Glyph { self == .blocks ? blocks : ascii }

  package var ellipsis: String { pick("…", "..") }
  package var space: Unicode.Scalar { pick("␣", "_") }
  package var newline: Unicode.Scalar { pick("⏎", "$") }
  package var tab: Unicode.Scalar { pick("⇥", "~") }
  package var pointerRight: String { pick("▸", ">") }
  package var pointerLeft: String { pick("◀", "<") }
  package var pointerUp: Unicode.Scalar { pick("▲", "^") }
  /// The short form of the mark "author".
  package var authorMark: String { pick("◁", "a") }
  package var removed: String { pick("✕", "x") }
  package var cursor: Unicode.Scalar { pick("▏", "#") }
  package var sum: String { pick("Σ", "=") }
  /// The sum in a title, where a sign of its own would not be understood.
  package var sumName: String { pick("Σ", "sum ") }
  package var dot: String { pick("·", "-") }
  package var times: String { pick("×", "x") }
  package var arrowRight: String { pick("→", "->") }
  package var arrowLeft: String { pick("←", "<-") }
  package var atMost: String { pick("≤", "<=") }
  package var atLeast: String { pick("≥", ">=") }
  package var arrowUp: String { pick("↑", "^") }
  package var arrowDown: String { pick("↓", "v") }
  package var check: String { pick("✓", "+") }

  /// What a server did not tell, in a line.
  package var untold: Unicode.Scalar { pick("·", ".") }
  package var cutLine: Unicode.Scalar { pick("┄", "-") }
  package var thresholdLine: Unicode.Scalar { pick("┊", ":") }
  package var curveVertical: Unicode.Scalar { pick("│", "|") }
  package var curveHorizontal: Unicode.Scalar { pick("─", "-") }
  package var curveStart: Unicode.Scalar { pick("╰", "`") }
  package var curveEnd: Unicode.Scalar { pick("╮", ".") }
  package var intervalStart: Unicode.Scalar { pick("├", "|") }
  package var intervalEnd: Unicode.Scalar { pick("┤", "|") }
  package var heavyLine: Unicode.Scalar { pick("━", "=") }

  /// A message of the program, with arrows and signs that this set can show.
  package func spelled(_ text: String) -> String {
    guard self == .ascii else { return text }
    return text.escaped { scalar in
      switch scalar {
      case "→": "->"
      case "←": "<-"
      case "↑": "Up"
      case "↓": "Down"
      case "×": "x"
      case "∞": "inf"
      case "…": ".."
      default: nil
      }
    }
  }

  /// A block of `count` eighths of a column from the left, 1...8; in ASCII a half or more is a whole.
  package func leftEighths(_ count: Int) -> Unicode.Scalar {
    precondition((1...8).contains(count))
    // U+2588 is the full block, U+258F one eighth.
    return self == .blocks ? Unicode.Scalar(0x2590 - UInt32(count))! : count >= 4 ? "#" : "-"
  }

  /// A dotted line across a column, at one of four heights from below, 0...3; in ASCII at one.
  package func dots(atQuarter quarter: Int) -> Unicode.Scalar {
    precondition((0...3).contains(quarter))
    return pick(Array("⣀⠤⠒⠉".unicodeScalars)[quarter], "o")
  }

  /// A block of `count` eighths of a row from below, 0...8.
  package func lowerEighths(_ count: Int) -> Unicode.Scalar {
    precondition((0...8).contains(count))
    if self == .ascii { return Array("_.:-=+*%#".unicodeScalars)[count] }
    return count == 0 ? " " : Unicode.Scalar(0x2580 + UInt32(count))!
  }
}

/// The drawing characters: Unicode blocks and lines, or ASCII stand-ins that say the same.
package enum GlyphSet: Hashable, Sendable {
  case blocks, ascii

  /// One character where a scalar is wanted, else a short text of the same meaning.
  private func pick<Glyph>(_ blocks: Glyph, _ ascii: Glyph) -> Glyph { self == .blocks ? blocks : ascii }

  var ellipsis: String { pick("…", "..") }
  var space: Unicode.Scalar { pick("␣", "_") }
  var newline: Unicode.Scalar { pick("⏎", "$") }
  var tab: Unicode.Scalar { pick("⇥", "~") }
  var pointerRight: String { pick("▸", ">") }
  var pointerLeft: String { pick("◀", "<") }
  var pointerUp: Unicode.Scalar { pick("▲", "^") }
  /// Where "author" has no room.
  var authorMark: String { pick("◁", "a") }
  var removed: String { pick("✕", "x") }
  var cursor: Unicode.Scalar { pick("▏", "_") }
  var sum: String { pick("Σ", "=") }
  var dot: String { pick("·", "-") }
  var times: String { pick("×", "x") }
  var arrowRight: String { pick("→", "->") }
  var arrowUp: String { pick("↑", "^") }
  var arrowDown: String { pick("↓", "v") }
  var check: String { pick("✓", "+") }

  var cutLine: Unicode.Scalar { pick("┄", "-") }
  var thresholdLine: Unicode.Scalar { pick("┊", ":") }
  var curveVertical: Unicode.Scalar { pick("│", "|") }
  var curveHorizontal: Unicode.Scalar { pick("─", "-") }
  var curveStart: Unicode.Scalar { pick("╰", "`") }
  var curveEnd: Unicode.Scalar { pick("╮", ".") }
  var intervalStart: Unicode.Scalar { pick("├", "|") }
  var intervalEnd: Unicode.Scalar { pick("┤", "|") }
  var heavyLine: Unicode.Scalar { pick("━", "=") }

  /// A text of the program's own with its arrows and signs as this set has them.
  func spelled(_ text: String) -> String {
    guard self == .ascii else { return text }
    return text.unicodeScalars.reduce(into: "") { spelled, scalar in
      switch scalar {
      case "→": spelled += "->"
      case "←": spelled += "<-"
      case "↑": spelled += "Up"
      case "↓": spelled += "Down"
      case "×": spelled += "x"
      case "∞": spelled += "inf"
      case "…": spelled += ".."
      default: spelled.unicodeScalars.append(scalar)
      }
    }
  }

  /// `count` eighths of a column from the left, 1...8; ASCII shows a half and more as whole.
  func leftEighths(_ count: Int) -> Unicode.Scalar {
    precondition((1...8).contains(count))
    // U+2588 is the full block, U+258F one eighth.
    return self == .blocks ? Unicode.Scalar(0x2590 - UInt32(count))! : count >= 4 ? "#" : "-"
  }

  /// `count` eighths of a row from below, 0...8.
  func lowerEighths(_ count: Int) -> Unicode.Scalar {
    precondition((0...8).contains(count))
    if self == .ascii { return Array("_.:-=+*%#".unicodeScalars)[count] }
    return count == 0 ? " " : Unicode.Scalar(0x2580 + UInt32(count))!
  }
}

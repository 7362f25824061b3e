import LMCore

/// Printable text for any bytes: no control characters, nothing invisible, nothing ambiguous.
///
/// Spaces, newlines and tabs become a glyph; other controls and stray bytes are written `<0B>`, `<E2>`; format and
/// zero-width characters `<U+200B>`; a combining mark without a base character is drawn on a dotted circle.
package enum PrintableToken {
  /// A token alone, as a table shows it: `␣she`, `⏎`, `<E2>`.
  package static func label(for bytes: [UInt8], glyphs: GlyphSet) -> String {
    var text = ""
    for unit in ByteUnitScanner.units(of: bytes) {
      text += label(for: unit, glyphs: glyphs, isFirst: text.isEmpty)
    }
    return text
  }

  /// A text as one printable line: spaces are kept, the rest is as in a label.
  package static func line(_ text: String, glyphs: GlyphSet) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      line += scalar == " " ? " " : label(for: .scalar(scalar), glyphs: glyphs, isFirst: line.isEmpty)
    }
    return line
  }

  package static func label(for unit: ByteUnit, glyphs: GlyphSet, isFirst: Bool) -> String {
    switch unit {
    case .scalar(let scalar) where ("!"..."~").contains(scalar): return String(scalar)
    case .stray(let byte): return "<\(byte.hexadecimal(uppercase: true))>"
    case .scalar(" "): return String(glyphs.space)
    case .scalar("\n"): return String(glyphs.newline)
    case .scalar("\t"): return String(glyphs.tab)
    case .scalar(let scalar):
      if scalar.value < 0x20 || scalar.value == 0x7F {
        return "<\(scalar.value.hexadecimal(uppercase: true))>"
      }
      let isBlank = scalar.properties.generalCategory == .spaceSeparator
      guard let width = drawnWidth(of: scalar, glyphs: glyphs), !isBlank else { return escape(scalar) }
      return width == 0 && isFirst ? "\u{25CC}\(scalar)" : String(scalar)
    }
  }

  /// The width of a character that is drawn as itself; nil for one that is written as `<U+200B>`.
  package static func drawnWidth(of scalar: Unicode.Scalar, glyphs: GlyphSet) -> Int? {
    if glyphs == .ascii, scalar.value > 0x7E { return nil }
    // The standard library knows the format characters of a newer Unicode version than the width table.
    if scalar.value > 0x7E, scalar.properties.generalCategory == .format { return nil }
    // Variation selectors make some terminals draw the character before them wider than wcwidth says.
    if scalar.properties.isVariationSelector { return nil }
    return CellWidth.width(of: scalar)
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    "<U+\(scalar.value.hexadecimal(digits: 4, uppercase: true))>"
  }
}

extension String {
  package init(_ scalar: Unicode.Scalar) { self = String(Character(scalar)) }
}

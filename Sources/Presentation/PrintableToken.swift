import LMCore

/// Makes text out of any bytes that a terminal can show without obeying: nothing invisible, nothing ambiguous.
///
/// Spaces, newlines and tabs get a glyph; other controls and stray bytes are written `<0B>`, `<E2>`; characters that
/// change directions, join or take no room `<U+200B>`; a mark without a letter sits on a dotted circle.
package enum PrintableToken {
  /// A token alone, as a table shows it: `␣she`, `⏎`, `<E2>`.
  package static func label(for bytes: some Sequence<UInt8>, glyphs: GlyphSet) -> String {
    var text = ""
    for unit in ByteUnitScanner.units(of: bytes) {
      text += label(for: unit, glyphs: glyphs, isFirst: text.isEmpty)
    }
    return text
  }

  /// Any text as one safe line: spaces stay spaces, the rest as in a label.
  package static func line(_ text: String, glyphs: GlyphSet) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      line += scalar == " " ? " " : label(for: .scalar(scalar), glyphs: glyphs, isFirst: line.isEmpty)
    }
    return line
  }

  package static func label(for unit: ByteUnit, glyphs: GlyphSet, isFirst: Bool) -> String {
    switch unit {
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

  /// How wide a character is drawn as itself; nil when it has to be written out as `<U+200B>`.
  package static func drawnWidth(of scalar: Unicode.Scalar, glyphs: GlyphSet) -> Int? {
    if glyphs == .ascii, scalar.value > 0x7E { return nil }
    // The width table knows the format characters of its Unicode; the standard library those of a newer one.
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

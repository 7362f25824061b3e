import LMCore
import Presentation

/// The text of a token as a table shows it: `␣she`, `<E2>`; `#305` for an id that no token has, `[358]` without a vocabulary.
func visiblePiece(of id: Int, _ tokens: (any TokenTable)?, glyphs: GlyphSet) -> String {
  guard let tokens else { return "[\(id)]" }
  return PrintableToken.label(for: tokens.bytes(of: id) ?? TokenName.bytes(ofUnnamed: id), glyphs: glyphs)
}

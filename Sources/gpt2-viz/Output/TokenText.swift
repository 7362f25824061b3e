import LMCore
import Presentation

/// The text of a token as a table shows it: `␣she`, `<E2>`; `[358]` without a vocabulary.
func visiblePiece(of id: Int, _ tokens: (any TokenTable)?, glyphs: GlyphSet) -> String {
  guard let tokens else { return "[\(id)]" }
  return PrintableToken.label(for: tokens.bytes(of: id) ?? [], glyphs: glyphs)
}

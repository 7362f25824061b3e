import LMCore
import Presentation

extension GPT2Tokenizer {
  /// The text that a token stands for; half a character becomes U+FFFD.
  func piece(of id: Int) -> String { String(decoding: bytes(of: id), as: UTF8.self) }
}

extension GPT2Tokenizer? {
  /// The text of a token as a table shows it: `␣she`, `<E2>`; `[358]` without a vocabulary.
  func visiblePiece(of id: Int, glyphs: GlyphSet) -> String {
    guard let self else { return "[\(id)]" }
    return PrintableToken.label(for: self.bytes(of: id), glyphs: glyphs)
  }
}

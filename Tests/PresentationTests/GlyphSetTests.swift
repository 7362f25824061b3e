import Testing

@testable import Presentation

@Suite struct GlyphSetTests {
  /// What can stand side by side in a text or in a row of the table.
  @Test(arguments: [GlyphSet.blocks, .ascii])
  func signsAreToldApart(glyphs: GlyphSet) {
    let inText = [glyphs.space, glyphs.newline, glyphs.tab, glyphs.cursor, glyphs.curveVertical].map {
      String($0)
    }
    let inRows = [
      glyphs.sum, glyphs.removed, glyphs.pointerRight, glyphs.pointerLeft, glyphs.arrowUp, glyphs.arrowDown,
      glyphs.authorMark,
    ]
    let signs = inText + inRows
    #expect(Set(signs).count == signs.count, "\(signs)")
    #expect(glyphs == .blocks || signs.allSatisfy { $0.utf8.count == 1 })
  }
}

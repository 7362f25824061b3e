import Presentation

/// The styles and characters that widgets are drawn with on this terminal.
struct Appearance: Hashable, Sendable {
  let theme: Theme
  let glyphs: GlyphSet

  init(depth: ColorDepth, glyphs: GlyphSet) {
    theme = Theme(depth: depth)
    self.glyphs = glyphs
  }
}

import Presentation

/// How a widget is to be drawn on this terminal: with which styles, and with which characters.
struct Appearance: Hashable, Sendable {
  let theme: Theme
  let glyphs: GlyphSet

  init(depth: ColorDepth, glyphs: GlyphSet) {
    theme = Theme(depth: depth)
    self.glyphs = glyphs
  }
}

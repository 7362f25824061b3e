import Presentation

/// The styles and characters that widgets are drawn with on this terminal.
struct Appearance: Hashable, Sendable {
  private(set) var theme: Theme
  let glyphs: GlyphSet

  init(depth: ColorDepth, glyphs: GlyphSet, variant: Theme.Variant = .neutral) {
    theme = Theme(depth: depth, variant: variant)
    self.glyphs = glyphs
  }

  /// The terminal has told its background.
  mutating func adapt(to background: Background) {
    theme = Theme(depth: theme.depth, variant: Theme.Variant(background))
  }
}

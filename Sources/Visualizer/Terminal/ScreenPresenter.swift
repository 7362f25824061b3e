import Presentation

/// A screen that shows buffers of cells.
@MainActor
package protocol ScreenPresenter: AnyObject {
  var size: Size { get }

  /// Shows a buffer; only rows that differ from the last one are sent.
  func present(_ buffer: ScreenBuffer)

  /// Sends the next buffer as a whole (Ctrl-L, or after another program has written on the screen).
  func redrawEverything()
}

/// The colours and characters that a terminal can show.
package struct TerminalCapabilities: Hashable, Sendable {
  package var colorDepth: ColorDepth
  package var glyphs: GlyphSet

  package init(colorDepth: ColorDepth, glyphs: GlyphSet) {
    self.colorDepth = colorDepth
    self.glyphs = glyphs
  }
}

import Presentation

/// A screen that shows pictures.
@MainActor
package protocol ScreenPresenter: AnyObject {
  var size: Size { get }

  /// Shows a picture: only what differs from the last one is sent.
  func present(_ buffer: ScreenBuffer)

  /// The next picture is sent whole (Ctrl-L, or after something else has written on the screen).
  func redrawEverything()
}

/// What a terminal can show.
package struct TerminalCapabilities: Hashable, Sendable {
  package var colorDepth: ColorDepth
  package var glyphs: GlyphSet

  package init(colorDepth: ColorDepth, glyphs: GlyphSet) {
    self.colorDepth = colorDepth
    self.glyphs = glyphs
  }
}

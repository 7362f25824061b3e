import Presentation

/// A screen with keys. The loop knows only this; tests put a scripted one in its place.
@MainActor
package protocol Terminal: AnyObject {
  var size: Size { get }
  var capabilities: TerminalCapabilities { get }

  /// Shows a picture: only what differs from the last one is sent.
  func present(_ buffer: ScreenBuffer)

  /// Waits for a key without using the processor; nil timeout waits for ever.
  ///
  /// nil: the time has passed, or somebody rang the wake-up. A size that changed arrives as `.resize`.
  func nextKey(timeoutMilliseconds: Int?) -> Key?

  /// The next picture is sent whole (Ctrl-L, or after something else has written on the screen).
  func redrawEverything()

  /// Gives the terminal back, stops the process as Ctrl-Z should, and returns when it is continued.
  func suspend()

  /// Gives the terminal back. Calling it again does nothing.
  func close()
}

/// What a terminal can show.
package struct TerminalCapabilities: Hashable, Sendable {
  package var colorDepth: ColorDepth
  package var glyphs: GlyphSet
  package var hasMouse: Bool
  /// The value of TERM.
  package var name: String

  package init(colorDepth: ColorDepth, glyphs: GlyphSet, hasMouse: Bool, name: String) {
    self.colorDepth = colorDepth
    self.glyphs = glyphs
    self.hasMouse = hasMouse
    self.name = name
  }
}

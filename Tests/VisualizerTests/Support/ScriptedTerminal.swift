import Presentation

@testable import Visualizer

/// A terminal without one: gives out a list of keys and keeps every picture that it is shown.
@MainActor
final class ScriptedTerminal: Terminal {
  var size: Size
  let capabilities: TerminalCapabilities
  private(set) var frames: [ScreenBuffer] = []
  private(set) var redraws = 0
  private(set) var suspensions = 0
  private(set) var isClosed = false
  private var keys: [Key?]
  /// What to do before the key with this index is given out: wait for the engine, change the size.
  var before: [Int: @MainActor (ScriptedTerminal) -> Void] = [:]
  private var given = 0

  /// - Parameter keys: nil stands for a wake-up. After the last comes `hangup`, so that a loop ends.
  init(
    size: Size, keys: [Key?], depth: ColorDepth = .xterm256, glyphs: GlyphSet = .blocks
  ) {
    self.size = size
    self.keys = keys
    capabilities = TerminalCapabilities(colorDepth: depth, glyphs: glyphs, hasMouse: true, name: "scripted")
  }

  func present(_ buffer: ScreenBuffer) { frames.append(buffer) }

  func nextKey(timeoutMilliseconds: Int?) -> Key? {
    before[given]?(self)
    given += 1
    return keys.isEmpty ? .hangup : keys.removeFirst()
  }

  func redrawEverything() { redraws += 1 }

  func suspend() { suspensions += 1 }

  func close() { isClosed = true }
}

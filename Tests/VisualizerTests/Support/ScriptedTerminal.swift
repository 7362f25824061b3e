@testable import Visualizer

/// A fake terminal: returns keys from a list, and keeps every picture.
@MainActor
final class ScriptedTerminal: KeySource, ScreenPresenter {
  var size: Size
  private(set) var frames: [ScreenBuffer] = []
  private(set) var redraws = 0
  private(set) var suspensions = 0
  private var keys: [Key?]
  /// Called with the index of a key before the key is returned.
  var beforeKey: @MainActor (Int) -> Void = { _ in }
  private var given = 0

  /// - Parameter keys: nil is a wake-up. `hangup` follows the last one, so that a loop ends.
  init(size: Size, keys: [Key?]) {
    self.size = size
    self.keys = keys
  }

  func present(_ buffer: ScreenBuffer) { frames.append(buffer) }

  func nextKey(timeoutMilliseconds: Int?) -> Key? {
    // Ends a burst, so that every key has its own picture.
    if timeoutMilliseconds == 0 { return nil }
    beforeKey(given)
    given += 1
    return keys.isEmpty ? .hangup : keys.removeFirst()
  }

  func redrawEverything() { redraws += 1 }

  func suspend() { suspensions += 1 }
}

@testable import Visualizer

/// A terminal without one: gives out a list of keys and keeps every picture that it is shown.
@MainActor
final class ScriptedTerminal: KeySource, ScreenPresenter {
  var size: Size
  private(set) var frames: [ScreenBuffer] = []
  private(set) var redraws = 0
  private(set) var suspensions = 0
  private var keys: [Key?]
  /// Called before a key is given out, with its index.
  var beforeKey: @MainActor (Int) -> Void = { _ in }
  private var given = 0

  /// - Parameter keys: nil stands for a wake-up. After the last comes `hangup`, so that a loop ends.
  init(size: Size, keys: [Key?]) {
    self.size = size
    self.keys = keys
  }

  func present(_ buffer: ScreenBuffer) { frames.append(buffer) }

  func nextKey(timeoutMilliseconds: Int?) -> Key? {
    // A burst of keys ends here: every key has a picture of its own.
    if timeoutMilliseconds == 0 { return nil }
    beforeKey(given)
    given += 1
    return keys.isEmpty ? .hangup : keys.removeFirst()
  }

  func redrawEverything() { redraws += 1 }

  func suspend() { suspensions += 1 }
}

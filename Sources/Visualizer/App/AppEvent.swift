import Presentation

/// An input of `AppState.update`.
enum AppEvent: Sendable {
  /// A key or a mouse action; for the mouse, with the target under the pointer in the picture on screen.
  case key(Key, on: ScreenTarget? = nil)
  case resized(Size)
  /// The terminal has told its background.
  case background(Background)
  case engine(EngineEvent)
  /// The pause between two tokens of play mode is over.
  case tick
  /// A server has not answered for a moment.
  case waits
}

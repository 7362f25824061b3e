/// What can happen to the program.
enum AppEvent: Sendable {
  /// A key; for the mouse, with what lies under it in the picture that the user sees.
  case key(Key, on: ScreenTarget? = nil)
  case resized(Size)
  case engine(EngineEvent)
  /// The pause between two tokens of play mode is over.
  case tick
}

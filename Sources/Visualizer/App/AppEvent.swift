/// What can happen to the program.
enum AppEvent: Sendable {
  case key(Key)
  case resized(Size)
  case engine(EngineEvent)
  /// The pause between two tokens of play mode is over.
  case tick
}

/// What the loop does for the state: the only way from a key to the world.
enum AppEffect: Equatable, Sendable {
  case engine(EngineCommand, request: Int)
  /// The saved session that was offered is not wanted. No command: it holds even where the model is still at work.
  case discardOffer
  case redrawScreen
  case suspend
  case quit
  /// Nothing can be shown, for this reason.
  case fail(String)
}

import LMCore

/// A side effect that an update asks the loop to carry out.
enum AppEffect: Equatable, Sendable {
  case engine(EngineCommand, request: Int)
  /// Gives up the engine command under way.
  case interruptEngine
  /// Deletes the saved session that was offered. Not an engine command, so that it does not wait for the model.
  case discard(KeptSession)
  /// Answered by the event `kept`.
  case listKeptSessions
  case redrawScreen
  case suspend
  case quit
  /// Ends the program with this error sentence.
  case fail(String)
}

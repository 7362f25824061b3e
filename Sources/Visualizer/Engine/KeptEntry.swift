import LMCore

/// A kept session, as the engine lists it.
struct KeptEntry: Equatable, Sendable {
  var kept: KeptSession
  /// False where the program must be restarted with the session's own model to resume it.
  var isOfThisModel: Bool
  /// The time since it was saved, in seconds.
  var age: Int?

  var session: SavedSession { kept.session }
}

import LMCore

/// An interrupted session, offered on the last line until the first key.
struct CrashOffer: Equatable, Sendable {
  var session: SavedSession
  /// False: the program must be restarted with the session's own model to resume it.
  var isOfThisModel: Bool

  var sentence: String {
    isOfThisModel
      ? "a session broke off at step \(session.stepCount): Enter resumes, D discards, other keys keep it"
      : "a session of another model broke off: gpt2-viz --resume goes on, D discards it"
  }
}

extension AppState {
  /// Handles the first key: Enter resumes, D discards. Any other key keeps its meaning, and the offer is made again
  /// at the next start.
  mutating func updateOffer(_ key: Key, _ offer: CrashOffer, on target: ScreenTarget?) -> [AppEffect] {
    overlay = nil
    switch key {
    case .enter where offer.isOfThisModel:
      begin(with: offer.session)
      return ask(.resume(offer.session))
    case .character("D"):
      notice = "the session that broke off was discarded"
      return [.discardOffer]
    default: return updateKey(key, on: target)
    }
  }
}

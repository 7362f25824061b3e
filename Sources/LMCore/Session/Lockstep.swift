/// Several sessions over one model that step together, their tokens read in one batch.
public enum Lockstep {
  /// Advances every session by one step, running the model once for all that need it.
  ///
  /// A session that cannot go on (context full, no token left) stays where it is; the others advance.
  /// Returns for each session the error that stopped it, or nil.
  public static func advance(_ sessions: [GenerationSession]) -> [(any Error)?] {
    var errors = [(any Error)?](repeating: nil, count: sessions.count)
    var waiting: [(session: GenerationSession, step: GenerationStep)] = []
    for (index, session) in sessions.enumerated() {
      do {
        guard let step = try session.beginAdvance() else { continue }
        if let ready = session.takeLookAhead(step.id) {
          session.finishAdvance(step, hidden: ready)
        } else if session.prepareCache() {
          waiting.append((session, step))
        } else {
          session.finishAdvance(step, hidden: nil)
        }
      } catch {
        errors[index] = error
      }
    }
    guard let model = waiting.first?.session.model else { return errors }
    var hidden: [Float] = []
    model.decode(waiting.map(\.step.id), into: waiting.map(\.session.cache), hidden: &hidden)
    for (lane, (session, step)) in waiting.enumerated() {
      let start = lane * model.hiddenSize
      session.finishAdvance(step, hidden: Array(hidden[start..<start + model.hiddenSize]))
    }
    return errors
  }
}

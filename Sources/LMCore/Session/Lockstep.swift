/// Several sessions that step together: what they ask of one predictor, they ask in one batch.
public enum Lockstep {
  private typealias Waiting = (index: Int, session: GenerationSession, step: GenerationStep, text: TextPath)

  /// Advances every session by one step.
  ///
  /// A session that cannot go on (context full, no token left, no prediction) stays where it is; the others advance.
  ///
  /// - Parameter isCancelled: called often while a predictor works; once it is true, the sessions that wait stay where
  ///   they are.
  /// - Returns: for each session the error that stopped it, or nil.
  public static func advance(
    _ sessions: [GenerationSession], unless isCancelled: () -> Bool = { false }
  ) -> [(any Error)?] {
    var errors = [(any Error)?](repeating: nil, count: sessions.count)
    var waiting: [Waiting] = []
    for (index, session) in sessions.enumerated() {
      do {
        guard let step = try session.beginAdvance(), let text = session.textToAsk(step) else { continue }
        waiting.append((index, session, step, text))
      } catch {
        errors[index] = error
      }
    }
    while let predictor = waiting.first?.session.predictor {
      let batch = waiting.filter { $0.session.predictor === predictor }
      waiting.removeAll { $0.session.predictor === predictor }
      do throws(PredictorError) {
        let predictions = try predictor.predict(batch.map(\.text), unless: isCancelled)
        for (asked, prediction) in zip(batch, predictions) { asked.session.finish(asked.step, prediction) }
      } catch {
        for asked in batch { errors[asked.index] = error }
      }
    }
    return errors
  }
}

extension Decision {
  /// A decision as a trace holds it.
  ///
  /// - Parameter vocabularySize: V; every rank and id of the recording must lie within it.
  public init(_ recording: TraceDecision, vocabularySize: Int) {
    self.init(
      distribution: Distribution(recording, vocabularySize: vocabularySize), draw: recording.draw,
      settings: recording.settings, followed: recording.followedID, drawn: recording.drawnID)
  }
}

extension Decision {
  /// A decision as a trace holds it.
  ///
  /// - Parameter vocabularySize: V; every rank and id of the recording must lie within it.
  public init(_ recording: TraceDecision, vocabularySize: Int) {
    self.init(
      distribution: Distribution(
        recorded: recording.rows.map(\.row), vocabularySize: vocabularySize,
        entropyBefore: recording.entropyBits, entropyAfter: recording.entropyAfterBits,
        keptCount: recording.kept, keptMass: recording.keptMass, filteredMass: recording.filteredMass,
        bindingFilter: recording.bindingFilter, cutRank: recording.cutRank,
        draw: recording.drawnID.map { Distribution.RecordedDraw(id: $0, interval: recording.interval) },
        head: recording.head.map {
          Distribution.RecordedHead(
            knownRanks: $0.knownRanks, restMass: $0.restMass, entropyBounds: $0.entropyBits,
            entropyAfterBounds: $0.entropyAfterBits,
            kept: $0.kept, untold: $0.problem)
        }),
      stages: recording.stages, draw: recording.draw, settings: recording.settings,
      followed: recording.followedID,
      drawn: recording.drawnID)
  }
}

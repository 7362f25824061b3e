/// A beam search that was open behind the text of a saved session. The model makes it again.
public struct SavedSearch: Equatable, Sendable {
  /// How it runs; its chain and its seed are those of the lane.
  public let settings: BeamSettings
  /// How many steps lie before the cursor.
  public let depth: Int
  /// The lane whose text it continues.
  public let lane: Int

  /// A search of a lane; what has no part in it is not saved.
  public init(_ settings: BeamSettings, depth: Int, lane: Int) {
    var own = settings.recorded
    (own.sampling, own.seed) = (SamplingSettings(), 0)
    (self.settings, self.depth, self.lane) = (own, depth, lane)
  }

  init(_ session: TraceFields, _ name: String) throws(TraceError) {
    let fields = try session.object(name)
    self.init(
      try session.beamSettings(name), depth: try fields.integer("depth", in: 0...Int.max),
      lane: try fields.integer("lane", in: 0...1))
  }

  var json: JSON {
    .object(settings.searchMembers + [.init("depth", JSON(depth)), .init("lane", JSON(lane))])
  }
}

extension SavedSession {
  /// Reads the lines of a saved session. A last line that is cut off is an error, as files are replaced whole.
  public init(parsing bytes: [UInt8]) throws(TraceError) {
    var session: SavedSession?
    var isSetAside = false
    var lane: SavedLane?
    func finished(_ session: SavedSession, _ lane: SavedLane?) -> SavedSession {
      guard let lane else { return session }
      var session = session
      if isSetAside { session.setAside.append(lane) } else { session.lanes.append(lane) }
      return session
    }
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let fields = try TraceFields(parsing: line, line: index + 1)
      switch (session, try fields.string("type")) {
      case (nil, "session"): session = try SavedSession(fields)
      case (let open?, "lane"):
        session = finished(open, lane)
        lane = try SavedLane(fields)
        isSetAside = try fields.bool("set_aside")
      case (.some, "step"):
        guard let above = lane?.steps.last?.settings ?? lane?.next.settings else {
          throw .unexpectedLine(line: index + 1, wanted: "of type \"lane\"")
        }
        lane?.steps.append(try SavedStep(fields, above: above))
      case (var open?, "head"):
        // All lanes stand above the heads.
        open = finished(open, lane)
        lane = nil
        guard open.server != nil else { throw .missing(line: 1, member: "server") }
        try open.server?.readHead(fields, of: open.lanes)
        session = open
      default:
        throw .unexpectedLine(line: index + 1, wanted: "a line of a saved session")
      }
    }
    guard let session else { throw .empty(type: "session") }
    self = finished(session, lane)
    server?.makeRoom(for: lanes)
    guard !lanes.isEmpty else { throw .missing(line: 1, member: "lane") }
  }

  private init(_ fields: TraceFields) throws(TraceError) {
    let version = try fields.integer("version", in: 1...Int.max)
    guard version <= Self.version else {
      throw .newerVersion(line: fields.line, version: version, known: Self.version)
    }
    self.init(
      model: try fields.string("model"),
      precision: fields.has("precision") ? try fields.word("precision", of: Precision.self) : .float32,
      prompt: try fields.optionalString("prompt"), promptIDs: try fields.ids("ids"),
      following: try fields.ids("following"), lanes: [],
      search: fields.has("beam") ? try SavedSearch(fields, "beam") : nil)
    if fields.has("server") { server = try SavedServer(fields.object("server")) }
    if fields.has("marked") {
      (prompt, reading) = (try fields.string("marked"), .marked)
    } else if fields.has("chat") {
      let chat = try fields.object("chat")
      prompt = try chat.string("message")
      reading = .chat(system: chat.has("system") ? try chat.string("system") : nil)
    }
  }
}

extension SavedLane {
  fileprivate init(_ fields: TraceFields) throws(TraceError) {
    self.init(
      steps: [], cursor: try fields.integer("cursor", in: 0...Int.max),
      next: try SavedDecision(fields.object("next")),
      last: fields.has("last") ? try SavedDecision(fields.object("last")) : nil)
  }
}

extension SavedDecision {
  fileprivate init(_ fields: TraceFields) throws(TraceError) {
    self.init(settings: try fields.settings("settings"), draw: try fields.draw("draw"))
  }
}

extension SavedStep {
  fileprivate init(_ fields: TraceFields, above settings: SamplingSettings) throws(TraceError) {
    self.init(
      id: try fields.integer("id", in: 0...Int.max), isForced: try fields.bool("forced"),
      settings: fields.has("settings") ? try fields.settings("settings") : settings,
      draw: try fields.draw("draw"))
  }
}

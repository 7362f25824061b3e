/// A running session as it is saved for the case of a crash: its decisions, without distributions.
///
/// The model computes those again; what a server told is saved as well. Holds the current line of each lane, not its other
/// branches. On disk it is JSON Lines: the session, then each lane with its steps, then the heads of a server.
public struct SavedSession: Equatable, Sendable {
  /// The value of `-m`; a folder by its absolute path.
  public var model: String
  /// The precision of the model.
  public var precision: Precision
  /// What was written of the prompt: its text, or the message to a chat model; nil where it was given as ids.
  public var prompt: String?
  /// How it becomes ids.
  public var reading: Reading
  /// The ids of the prompt.
  public var promptIDs: [Int]
  /// The ids of the text that the first lane follows behind the prompt; empty for none.
  public var following: [Int]
  /// The lanes on screen.
  public var lanes: [SavedLane]
  /// A lane that is not on screen, as earlier versions saved it during a comparison; else empty.
  public var setAside: [SavedLane]
  /// The beam search that was open; nil for none.
  public var search: SavedSearch?
  /// The server that ran the model, with what it told; nil for a model on this machine.
  public var server: SavedServer?

  /// The newest that is read: 2 is that of a session over a server, 1 any other.
  static let version = 2

  /// How a written prompt becomes ids.
  public enum Reading: Hashable, Sendable {
    case text
    /// A text in which special tokens count as such.
    case marked
    /// A message to a chat model.
    case chat(system: String?)
  }

  public init(
    model: String, precision: Precision = .float32, prompt: String?, reading: Reading = .text,
    promptIDs: [Int], following: [Int] = [], lanes: [SavedLane], setAside: [SavedLane] = [],
    search: SavedSearch? = nil
  ) {
    self.search = search
    (self.model, self.precision, self.promptIDs) = (model, precision, promptIDs)
    (self.prompt, self.reading) = (prompt, reading)
    (self.following, self.lanes, self.setAside) = (following, lanes, setAside)
  }

  /// The steps of the longest line.
  public var stepCount: Int { (lanes + setAside).map(\.steps.count).max() ?? 0 }

  /// The session as JSON Lines, each with its line feed.
  public var lines: String {
    var text = ""
    var start: [JSON.Member] = [
      .init("type", "session"), .init("version", JSON(server == nil ? 1 : 2)), .init("model", JSON(model)),
      .init("precision", JSON(precision.rawValue)),
      // Earlier versions read a text here as one without special tokens, and take the ids where there is none.
      .init("prompt", reading == .text ? JSON(prompt) : .null), .init("ids", JSON(promptIDs)),
      .init("following", JSON(following)),
    ]
    switch reading {
    case .text: break
    case .marked: start.append(.init("marked", JSON(prompt)))
    case .chat(let system):
      start.append(.init("chat", ["message": JSON(prompt), "system": JSON(system)]))
    }
    if let search { start.append(.init("beam", search.json)) }
    if let server { start.append(.init("server", server.json)) }
    JSON.object(start).write(to: &text)
    text += "\n"
    for (lane, isSetAside) in lanes.map({ ($0, false) }) + setAside.map({ ($0, true) }) {
      lane.write(isSetAside: isSetAside, to: &text)
    }
    server?.writeHeads(to: &text)
    return text
  }
}

/// One line of text: its steps, the cursor, and the inputs of the next decision.
public struct SavedLane: Equatable, Sendable {
  /// The steps of the line, in order.
  public var steps: [SavedStep]
  /// The number of steps in the text; the others are ahead of the cursor.
  public var cursor: Int
  /// The inputs of the decision at the cursor.
  public var next: SavedDecision
  /// The inputs of the decision behind the last step; nil where that is `next`.
  public var last: SavedDecision?

  public init(steps: [SavedStep], cursor: Int, next: SavedDecision, last: SavedDecision? = nil) {
    (self.steps, self.cursor, self.next, self.last) = (steps, cursor, next, last)
  }

  /// The current line of a session.
  public init(_ session: GenerationSession) {
    let line = session.tree.line
    let last = session.tree[line.last ?? 0]
    self.init(
      steps: line.map { SavedStep(session.tree[$0].step!) }, cursor: session.depth,
      next: SavedDecision(settings: session.settings, draw: session.draw),
      last: last.depth > session.depth ? SavedDecision(settings: last.settings, draw: last.draw) : nil)
  }

  fileprivate func write(isSetAside: Bool, to text: inout String) {
    let line: JSON = [
      "type": "lane", "set_aside": JSON(isSetAside), "cursor": JSON(cursor), "next": next.json,
      "last": last?.json ?? .null,
    ]
    line.write(to: &text)
    text += "\n"
    var written = next.settings
    for step in steps {
      var members: [JSON.Member] = [
        .init("type", "step"), .init("id", JSON(step.id)), .init("forced", JSON(step.isForced)),
        .init("draw", step.draw.json),
      ]
      if step.settings != written { members.append(.init("settings", step.settings.json)) }
      written = step.settings
      JSON.object(members).write(to: &text)
      text += "\n"
    }
  }
}

/// The inputs of a decision.
public struct SavedDecision: Equatable, Sendable {
  /// The sampler settings.
  public var settings: SamplingSettings
  /// The random number.
  public var draw: Draw

  public init(settings: SamplingSettings, draw: Draw) { (self.settings, self.draw) = (settings, draw) }

  fileprivate var json: JSON { ["settings": settings.json, "draw": draw.json] }
}

/// One step: the inputs of its decision, and the token.
public struct SavedStep: Equatable, Sendable {
  /// The token's id.
  public var id: Int
  /// True where the user or a followed text chose the token.
  public var isForced: Bool
  /// The sampler settings of the step.
  public var settings: SamplingSettings
  /// The random number of the step.
  public var draw: Draw

  public init(id: Int, isForced: Bool, settings: SamplingSettings, draw: Draw) {
    (self.id, self.isForced, self.settings, self.draw) = (id, isForced, settings, draw)
  }

  /// The inputs and the token of a step.
  public init(_ step: GenerationStep) {
    self.init(id: step.id, isForced: step.isForced, settings: step.settings, draw: step.draw)
  }
}

extension Draw {
  var json: JSON { ["u": JSON(u), "seed": JSON(seed), "redraws": JSON(redraws)] }
}

/// A running session as it is saved for the case of a crash: the decisions that were made, not what came of them.
///
/// The model makes them again. Holds the line on which each lane stands, not the branches beside it. On disk it is
/// JSON Lines: the session, then each lane with its steps.
public struct SavedSession: Equatable, Sendable {
  /// What `-m` was given, folders by their whole path.
  public var model: String
  /// What it computes with.
  public var precision: Precision
  /// The text that the prompt was read from; nil where ids stood for it.
  public var prompt: String?
  public var promptIDs: [Int]
  /// What the first lane follows behind the prompt; empty for none.
  public var following: [Int]
  /// Those on screen.
  public var lanes: [SavedLane]
  /// The one text that waits while two are compared.
  public var setAside: [SavedLane]

  static let version = 1

  public init(
    model: String, precision: Precision = .float32, prompt: String?, promptIDs: [Int],
    following: [Int] = [], lanes: [SavedLane], setAside: [SavedLane] = []
  ) {
    (self.model, self.precision, self.prompt, self.promptIDs) = (model, precision, prompt, promptIDs)
    (self.following, self.lanes, self.setAside) = (following, lanes, setAside)
  }

  /// The steps of the longest line.
  public var stepCount: Int { (lanes + setAside).map(\.steps.count).max() ?? 0 }

  public var lines: String {
    var text = ""
    let start: JSON = [
      "type": "session", "version": JSON(Self.version), "model": JSON(model),
      "precision": JSON(precision.rawValue), "prompt": JSON(prompt), "ids": JSON(promptIDs),
      "following": JSON(following),
    ]
    start.write(to: &text)
    text += "\n"
    for (lane, isSetAside) in lanes.map({ ($0, false) }) + setAside.map({ ($0, true) }) {
      lane.write(isSetAside: isSetAside, to: &text)
    }
    return text
  }
}

/// One line of text: its steps, the cursor, and what the next decision is made with.
public struct SavedLane: Equatable, Sendable {
  public var steps: [SavedStep]
  /// How many of the steps are in the text; the others lie ahead.
  public var cursor: Int
  /// Of the decision at the cursor.
  public var next: SavedDecision
  /// Of the one behind the last step, where the cursor does not stand there.
  public var last: SavedDecision?

  public init(steps: [SavedStep], cursor: Int, next: SavedDecision, last: SavedDecision? = nil) {
    (self.steps, self.cursor, self.next, self.last) = (steps, cursor, next, last)
  }

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

/// What a decision is made with.
public struct SavedDecision: Equatable, Sendable {
  public var settings: SamplingSettings
  public var draw: Draw

  public init(settings: SamplingSettings, draw: Draw) { (self.settings, self.draw) = (settings, draw) }

  fileprivate var json: JSON { ["settings": settings.json, "draw": draw.json] }
}

/// One decision: what it was made with, and the token it led to.
public struct SavedStep: Equatable, Sendable {
  public var id: Int
  public var isForced: Bool
  public var settings: SamplingSettings
  public var draw: Draw

  public init(id: Int, isForced: Bool, settings: SamplingSettings, draw: Draw) {
    (self.id, self.isForced, self.settings, self.draw) = (id, isForced, settings, draw)
  }

  public init(_ step: GenerationStep) {
    self.init(id: step.id, isForced: step.isForced, settings: step.settings, draw: step.draw)
  }
}

extension Draw {
  var json: JSON { ["u": JSON(u), "seed": JSON(seed), "redraws": JSON(redraws)] }
}

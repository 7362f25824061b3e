/// What a saved session keeps of the server that ran its model. Asked again, a server may answer with other numbers, so the
/// distributions are saved beside the decisions.
public struct SavedServer: Equatable, Sendable {
  /// What the server calls the model in its answers.
  public var model: String
  /// V
  public var vocabularySize: Int
  /// What `--server-kind` named; nil where it did not.
  public var kind: ServerKind?
  /// What `--server-model` named; nil where it did not.
  public var name: String?
  /// What `--tokenizer` named, from the root on; nil where it did not.
  public var tokenizerFolder: String?
  /// The heads behind the prompt and behind each step, lane by lane; nil for one that an earlier lane has, or none.
  package var heads: [[ServedHead?]] = []

  /// How many ranks are written of all heads together: the file is replaced as a whole, again and again.
  private static let mostRanks = 1 << 18

  public init(
    model: String, vocabularySize: Int, kind: ServerKind? = nil, name: String? = nil,
    tokenizerFolder: String? = nil
  ) {
    (self.model, self.vocabularySize, self.kind, self.name) = (model, vocabularySize, kind, name)
    self.tokenizerFolder = tokenizerFolder
  }

  /// The member of a session's first line.
  var json: JSON {
    [
      "model": JSON(model), "vocab_size": JSON(vocabularySize), "kind": JSON(kind?.rawValue),
      "name": JSON(name), "tokenizer": JSON(tokenizerFolder),
    ]
  }

  init(_ fields: TraceFields) throws(TraceError) {
    func text(_ name: String) throws(TraceError) -> String? {
      fields.has(name) ? try fields.string(name) : nil
    }
    self.init(
      model: try fields.string("model"), vocabularySize: try fields.integer("vocab_size", in: 1...1 << 24),
      kind: fields.has("kind") ? try fields.word("kind", of: ServerKind.self) : nil, name: try text("name"),
      tokenizerFolder: try text("tokenizer"))
  }

  /// A line for each head. Where there are too many ranks, the last ones of each are left out: the server is asked for them
  /// again where they decide a step.
  func writeHeads(to text: inout String) {
    let ranks = heads.joined().map { $0?.ids.count ?? 0 }
    let most =
      ranks.reduce(0, +) <= Self.mostRanks ? Int.max : max(Self.mostRanks / max(ranks.count, 1), 1)
    for (lane, heads) in heads.enumerated() {
      for (depth, head) in heads.enumerated() {
        guard let head = head?.first(most) else { continue }
        let line: JSON = [
          "type": "head", "lane": JSON(lane), "depth": JSON(depth), "ids": JSON(head.ids.map(Int.init)),
          "logprobs": .array(head.logProbabilities.map { JSON(Optional($0)) }),
          "rest_mass": JSON(head.restMass),
        ]
        line.write(to: &text)
        text += "\n"
      }
    }
  }

  /// Reads a line of a head.
  mutating func readHead(_ fields: TraceFields, of lanes: [SavedLane]) throws(TraceError) {
    let lane = try fields.integer("lane", in: 0...max(lanes.count - 1, 0))
    guard lanes.indices.contains(lane) else { throw fields.wrong("lane", "that of a line above") }
    let depth = try fields.integer("depth", in: 0...lanes[lane].steps.count)
    let (ids, values) = (try fields.ids("ids", below: vocabularySize), try fields.array("logprobs"))
    guard ids.count == values.count else { throw fields.wrong("logprobs", "a number for each id") }
    let tokens = try zip(ids, values).map { id, value throws(TraceError) in
      guard let number = value == .null ? -.infinity : value.double else {
        throw fields.wrong("logprobs", "a list of numbers")
      }
      return (id: id, logProbability: number)
    }
    let restMass = try fields.bounds("rest_mass", upTo: 1.1)
    makeRoom(for: lanes)
    do throws(AnswerError) {
      heads[lane][depth] = try ServedHead(saved: tokens, restMass: restMass, vocabularySize: vocabularySize)
    } catch {
      throw fields.wrong("logprobs", "log-probabilities of a head: \(error)")
    }
  }

  /// A place for each head of the lanes, as far as they have none.
  mutating func makeRoom(for lanes: [SavedLane]) {
    for (place, lane) in lanes.enumerated() {
      if !heads.indices.contains(place) { heads.append([]) }
      let missing = lane.steps.count + 1 - heads[place].count
      if missing > 0 { heads[place] += [ServedHead?](repeating: nil, count: missing) }
    }
  }
}

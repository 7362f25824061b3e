extension Trace {
  /// Reads the lines of a trace of one text; of two, the first.
  public init(parsing bytes: [UInt8]) throws(TraceError) { self = try Trace.lanes(parsing: bytes)[0] }

  /// Reads the lines of a trace of texts: see `TraceContent`. That of a beam search is refused.
  public static func lanes(parsing bytes: [UInt8]) throws(TraceError) -> [Trace] {
    guard case .texts(let lanes) = try TraceContent(parsing: bytes) else {
      throw .unexpectedLine(line: 1, wanted: "the start of a text: it begins a beam search")
    }
    return lanes
  }
}

/// What has been read of the trace of a text so far.
struct TraceReader: TraceLineReader {
  private(set) var trace: Trace

  init(start: TraceStart) { trace = Trace(start: start, steps: [], end: nil) }

  var hasEnd: Bool { trace.end != nil }
  mutating func leaveOut(line: Int) { trace.cutLine = line }

  mutating func read(_ fields: TraceFields) throws(TraceError) {
    let type = fields.has("type") ? try fields.string("type") : ""
    guard trace.end == nil else { throw fields.behindEnd }
    switch type {
    case "step": trace.steps.append(try step(fields))
    case "end": trace.end = try end(fields)
    default:
      throw .unexpectedLine(line: fields.line, wanted: "of type \"step\" or \"end\"")
    }
  }

  private func step(_ fields: TraceFields) throws(TraceError) -> TraceStep {
    let vocabularySize = trace.start.model.vocabularySize
    let next = trace.steps.count
    guard try fields.value("index") == JSON(next) else { throw fields.wrong("index", "\(next)") }
    let token = try fields.token(vocabularySize: vocabularySize)
    return TraceStep(
      index: next, token: token,
      isForced: try fields.bool("forced"), before: try fields.share("before"),
      after: try fields.share("after"), rank: try fields.integer("rank", in: 1...vocabularySize),
      isUntold: fields.has("untold") ? try fields.bool("untold") : false,
      decision: try fields.decision(in: trace.start),
      contrast: try fields.contrast(token.id, at: trace.start.tokens.count + next, in: trace.start))
  }

  private func end(_ fields: TraceFields) throws(TraceError) -> TraceEnd {
    let isLeast = fields.has("perplexity_at_least")
    return TraceEnd(
      reason: try fields.word("reason", of: TraceEnd.Reason.self), text: try fields.optionalString("text"),
      perplexity: try fields.optionalQuantity(isLeast ? "perplexity_at_least" : "perplexity"),
      perplexityIsLeast: isLeast,
      tokensPerSecond: try fields.optionalQuantity("tokens_per_second"),
      cursor: fields.has("cursor") ? try fields.integer("cursor", in: 0...trace.steps.count) : nil,
      next: fields.has("next") ? try fields.object("next").decision(in: trace.start) : nil)
  }
}

extension TraceFields {
  /// Above every vocabulary that is in use; a larger one would only fill the memory.
  static var largestVocabulary: Int { 1 << 24 }

  var isStart: Bool { (try? string("type")) == "start" }

  /// - Parameter first: the start of the text that this one is compared with.
  func traceStart(beside first: TraceStart?) throws(TraceError) -> TraceStart {
    guard isStart else {
      throw .unexpectedLine(line: line, wanted: "of type \"start\", so the file is no trace")
    }
    let version = try integer("version", in: 1...Int.max)
    guard version <= Trace.highestVersion else {
      throw .newerVersion(line: line, version: version, known: Trace.highestVersion)
    }
    let (name, vocabularySize) = (
      try string("model"), try integer("vocab_size", in: 1...Self.largestVocabulary)
    )
    if let first, first.model.name != name || first.model.vocabularySize != vocabularySize {
      throw wrong("model", "that of the text before it")
    }
    let contextLength = try integer("context", in: 1...Self.largestVocabulary)
    let model = ModelProfile(
      name: name, source: .recording, parameterCount: try integer("parameters", in: 0...Int.max),
      dtype: try string("dtype"), byteCount: nil, vocabularySize: vocabularySize,
      contextLength: contextLength)
    let odd = has("bytes") ? try object("bytes") : nil
    let ids = try self.ids("ids", below: model.vocabularySize)
    let texts = try array("tokens")
    guard texts.count == ids.count else { throw wrong("tokens", "a list as long as \"ids\"") }
    var tokens: [TraceToken] = []
    for (id, text) in zip(ids, texts) {
      guard text == .null || text.string != nil else { throw wrong("tokens", "a list of texts") }
      var hexadecimal: String?
      if let odd, odd.has(String(id)) { hexadecimal = try odd.string(String(id)) }
      guard let token = TraceToken(id: id, text: text.string, hexadecimal: hexadecimal) else {
        throw wrong("bytes", "bytes in hexadecimal")
      }
      tokens.append(token)
    }
    guard !tokens.isEmpty else { throw wrong("ids", "a list of at least one token") }
    let following = has("following") ? try self.ids("following", below: model.vocabularySize) : []
    return TraceStart(
      model: model, prompt: try optionalString("prompt"), tokens: tokens,
      following: following, settings: try settings("settings"),
      // A beam search without a draw has none.
      seed: has("beam") && !has("seed") ? 0 : try seed("seed"),
      penaltyAlpha: has("penalty_alpha") ? try share("penalty_alpha") : nil,
      isServed: has("source") ? try string("source") == "server" : false)
  }

  fileprivate func decision(in start: TraceStart) throws(TraceError) -> TraceDecision {
    let vocabularySize = start.model.vocabularySize
    let draw = try draw("draw")
    let head =
      has("head") ? try object("head").head(u: draw.u, vocabularySize: vocabularySize) : nil
    return TraceDecision(
      settings: has("settings") ? try settings("settings") : start.settings,
      draw: draw,
      drawnID: has("drawn") || head == nil ? try integer("drawn", in: 0...vocabularySize - 1) : nil,
      interval: try interval(),
      followedID: has("followed") ? try integer("followed", in: 0...vocabularySize - 1) : nil,
      entropyBits: try entropy("entropy_bits", head?.entropyBits),
      entropyAfterBits: try entropy("entropy_after_bits", head?.entropyAfterBits),
      kept: try integer("kept", in: 1...vocabularySize), keptMass: try share("kept_mass"),
      filteredMass: try share("filtered_mass"),
      bindingFilter: has("binding") ? try word("binding", of: StepName.self) : nil,
      cutRank: try integer("cut_rank", in: 1...vocabularySize),
      stages: has("stages") ? try stages(vocabularySize: vocabularySize) : [],
      head: head,
      rows: has("rows") ? try rows(start) : [])
  }

  /// The middle of its bounds where a server left it open: then it is null.
  private func entropy(_ name: String, _ bounds: ClosedRange<Double>?) throws(TraceError) -> Double {
    guard let bounds, hasMember(name), !has(name) else { return try entropy(name) }
    return (bounds.lowerBound + bounds.upperBound) / 2
  }

  private func head(u: Double, vocabularySize: Int) throws(TraceError) -> TraceHead {
    let known = try integer("known_ranks", in: 1...vocabularySize)
    var kept: Distribution.UntoldPart?
    if has("kept") {
      let part = try object("kept")
      let count = try part.array("count").map(\.int)
      guard count.count == 2, let least = count[0], let most = count[1], least >= 0, least <= most,
        most <= vocabularySize
      else { throw part.wrong("count", "two numbers of tokens, the smaller first") }
      kept = Distribution.UntoldPart(
        count: least...most, mass: try part.bounds("mass", upTo: 1), share: try part.bounds("share", upTo: 1))
    }
    let problem =
      has("problem")
      ? try Untold(object("problem"), u: u, known: known, vocabularySize: vocabularySize) : nil
    return TraceHead(
      knownRanks: known, restMass: try bounds("rest_mass", upTo: 1),
      entropyBits: try bounds("entropy_bits", upTo: 64),
      entropyAfterBits: try bounds("entropy_after_bits", upTo: 64), kept: kept, problem: problem)
  }

  func bounds(_ name: String, upTo most: Double) throws(TraceError) -> ClosedRange<Double> {
    let bounds = try array(name).map(\.double)
    guard bounds.count == 2, let lower = bounds[0], let upper = bounds[1], lower >= 0, lower <= upper,
      upper <= most
    else { throw wrong(name, "two numbers from 0 to \(Int(most)), the lower first") }
    return lower...upper
  }

  /// What each stage of the chain did; each stage at most once.
  private func stages(vocabularySize: Int) throws(TraceError) -> [SamplerStage] {
    var stages: [SamplerStage] = []
    for (index, json) in try array("stages").enumerated() {
      let fields = TraceFields(json, line: line, path: "stages[\(index)].")
      let stage = try fields.stage(vocabularySize: vocabularySize)
      if stages.contains(where: { $0.name == stage.name }) {
        throw fields.wrong("name", "another one than in the stages before")
      }
      stages.append(stage)
    }
    return stages
  }

  /// null stands for an infinite one; nil where a stage set none.
  private func temperature() throws(TraceError) -> Double? {
    guard let value = try? value("temperature") else { return nil }
    return value == .null ? .infinity : try quantity("temperature")
  }

  private func stage(vocabularySize: Int) throws(TraceError) -> SamplerStage {
    func count(_ name: String) throws(TraceError) -> Int {
      has(name) ? try integer(name, in: 0...vocabularySize) : 0
    }
    var example: SamplerStage.TokenChange?
    if has("example") {
      let change = try object("example")
      example = SamplerStage.TokenChange(
        id: try change.integer("id", in: 0...vocabularySize - 1), before: try change.share("before"),
        after: try change.share("after"))
    }
    let name = try word("name", of: StepName.self)
    var memory: StepMemory?
    if has("memory") {
      memory = StepMemory(try value("memory"))
      if memory.map(name.accepts) != true {
        throw wrong("memory", "what the stage can keep, a number or two")
      }
    }
    var stage = SamplerStage(
      name: name, kept: try integer("kept", in: 1...vocabularySize),
      mass: try share("mass"), entropyBits: try entropy("entropy_bits"), removed: try count("removed"),
      lowered: try count("lowered"), raised: try count("raised"), example: example,
      lowest: has("lowest") ? try share("lowest") : nil,
      temperature: try temperature(),
      chance: has("chance") ? try share("chance") : nil, memory: memory)
    if has("removed_bounds") {
      let bounds = try array("removed_bounds").map(\.int)
      guard bounds.count == 2, let least = bounds[0], (0...stage.removed).contains(least),
        bounds[1] == stage.removed
      else { throw wrong("removed_bounds", "two numbers of tokens, the second that of \"removed\"") }
      stage.leastRemoved = least
    }
    if has("most") {
      let most = try object("most")
      stage.most = SamplerStage.Most(
        kept: try most.integer("kept", in: stage.kept...vocabularySize), mass: try most.share("mass"),
        entropyBits: try most.entropy("entropy_bits"))
    }
    return stage
  }

  private func interval() throws(TraceError) -> ClosedRange<Double>? {
    has("interval") ? try bounds("interval", upTo: 1) : nil
  }

  private func rows(_ start: TraceStart) throws(TraceError) -> [TraceRow] {
    var rows: [TraceRow] = []
    var ids: Set<Int> = []
    for (index, json) in try array("rows").enumerated() {
      let fields = TraceFields(json, line: line, path: "rows[\(index)].")
      let lowest = (rows.last?.rank ?? 0) + 1
      guard let rank = try fields.value("rank").int, rank >= lowest, rank <= start.model.vocabularySize else {
        throw fields.wrong("rank", "a rank below the one before, from \(lowest) on")
      }
      let logit: Float
      if fields.has("logit") {
        // Not by way of a Double, which would round twice.
        guard case .number(let literal) = try fields.value("logit"), let number = Float(literal),
          number.isFinite
        else { throw fields.wrong("logit", "a number or null") }
        logit = number
      } else {
        logit = -.infinity
      }
      let row = TraceRow(
        rank: rank, token: try fields.token(vocabularySize: start.model.vocabularySize), logit: logit,
        before: try fields.share("before"), cumulative: try fields.share("cumulative"),
        after: try fields.share("after"),
        mostAfter: fields.has("after_most") ? try fields.share("after_most") : nil,
        isKept: try fields.bool("kept"),
        removedBy: fields.has("removed_by") ? try fields.word("removed_by", of: StepName.self) : nil)
      guard ids.insert(row.token.id).inserted else {
        throw fields.wrong("id", "another one than in the rows above")
      }
      rows.append(row)
    }
    return rows
  }
}

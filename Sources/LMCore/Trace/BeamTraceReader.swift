/// What has been read of a recorded beam search so far. Every number is checked, and each step must follow from the one
/// before: what comes out can be shown without another look.
struct BeamTraceReader: TraceLineReader {
  private(set) var trace: BeamTrace
  /// The search behind the steps that were read.
  private var search: BeamSearch

  init(_ trace: BeamTrace) { (self.trace, search) = (trace, trace.search(atDepth: 0)) }

  var hasEnd: Bool { trace.end != nil }
  mutating func leaveOut(line: Int) { trace.cutLine = line }

  mutating func read(_ fields: TraceFields) throws(TraceError) {
    guard trace.end == nil else { throw fields.behindEnd }
    switch fields.has("type") ? try fields.string("type") : "" {
    case "step": try readStep(fields)
    case "end": trace.end = try end(fields)
    default: throw .unexpectedLine(line: fields.line, wanted: "of type \"step\" or \"end\"")
    }
  }

  private var vocabularySize: Int { trace.start.model.vocabularySize }

  private mutating func readStep(_ fields: TraceFields) throws(TraceError) {
    let next = trace.steps.count
    guard search.stop == nil, next < trace.limit else {
      throw .unexpectedLine(line: fields.line, wanted: "of type \"end\": the search ended before it")
    }
    guard try fields.value("index") == JSON(next) else { throw fields.wrong("index", "\(next)") }
    try checkParents(fields)
    var (live, fresh): ([Hypothesis], [FinishedHypothesis]) = ([], [])
    var candidates: [BeamCandidate] = []
    var tokens: [Int: TraceToken] = [:]
    for (index, json) in try fields.array("candidates").enumerated() {
      let row = TraceFields(json, line: fields.line, path: "candidates[\(index)].")
      let token = try row.token(vocabularySize: vocabularySize)
      let candidate = try candidate(token, place: live.count, row)
      if tokens[token.id] == nil { tokens[token.id] = token }
      candidates.append(candidate)
      switch candidate.fate {
      case .lives: live.append(text(of: candidate))
      case .finished(let score):
        fresh.append(
          FinishedHypothesis(
            hypothesis: text(of: candidate), score: score, isEnded: trace.endOfText.contains(token.id)))
      case .finishedBelowOthers, .endedTooLow, .cut, .groupEnded: break
      }
    }
    let stop = fields.has("stop") ? try fields.word("stop", of: BeamStep.Stop.self) : nil
    guard !live.isEmpty || stop != nil else {
      throw fields.wrong("stop", "there where no beam lives on: why the search ends")
    }
    let step = BeamStep(
      parents: search.live, candidates: candidates, live: live,
      finished: try finished(fields, fresh: fresh),
      bestPossibleScore: try fields.optionalScore("best_possible_score"),
      worstFinishedScore: try fields.optionalScore("worst_finished_score"), stop: stop)
    trace.append(step) { tokens[$0] ?? TraceToken(id: $0, text: nil, bytes: []) }
    search = trace.search(atDepth: next + 1)
  }

  /// The parents are written for the reader's sake: they are the beams that live after the step before.
  private func checkParents(_ fields: TraceFields) throws(TraceError) {
    let parents = try fields.array("parents")
    guard parents.count == search.live.count else {
      throw fields.wrong("parents", "a list of the \(search.live.count) beams that live before the step")
    }
    for (index, json) in parents.enumerated() {
      let row = TraceFields(json, line: fields.line, path: "parents[\(index)].")
      let beam = search.live[index]
      guard try row.ids("ids") == beam.ids else { throw row.wrong("ids", "those of the beam that lives") }
      guard try row.number("sum_logprob") == beam.sum else {
        throw row.wrong("sum_logprob", "that of the beam that lives")
      }
      guard try group(row) == beam.group else { throw row.wrong("group", "that of the beam that lives") }
    }
  }

  private func group(_ row: TraceFields) throws(TraceError) -> Int {
    guard trace.settings.choice == .diverse else { return 0 }
    return try row.integer("group", in: 0...trace.settings.groups - 1)
  }

  /// - Parameter place: the beam of the next step that it is, if it lives.
  private func candidate(
    _ token: TraceToken, place: Int, _ row: TraceFields
  ) throws(TraceError) -> BeamCandidate {
    let settings = trace.settings
    let own = try row.number("logprob")
    // A sum of probabilities may be rounded to more than 1.
    guard own < 1e-3 else { throw row.wrong("logprob", "the logarithm of a probability") }
    let sum = try row.number("sum_logprob")
    let (parent, rank) = (
      try row.integer("beam", in: 0...search.live.count - 1),
      try row.integer("rank", in: 1...settings.width * vocabularySize)
    )
    let fate: BeamCandidate.Fate
    switch try row.word("fate", of: BeamCandidate.Fate.Name.self) {
    case .lives:
      guard place < settings.width else {
        throw row.wrong("fate", "another one: \(settings.width) beams live already")
      }
      fate = .lives(place: place)
    case .finished: fate = .finished(score: try row.score("score"))
    case .finishedBelowOthers: fate = .finishedBelowOthers(score: try row.score("score"))
    case .endedTooLow: fate = .endedTooLow
    case .cut: fate = .cut
    case .groupEnded: fate = .groupEnded
    }
    return BeamCandidate(
      parent: parent,
      token: Continuation(
        id: token.id, ownLogProbability: own,
        logProbability: row.has("chain_logprob") ? try row.number("chain_logprob") : own,
        noise: settings.draws ? try row.number("noise") : 0,
        slope: row.has("slope") ? try row.number("slope") : 1),
      sum: sum, number: row.has("number") ? try row.number("number") : sum, rank: rank, fate: fate)
  }

  /// The text that a continuation makes of its beam.
  private func text(of candidate: BeamCandidate) -> Hypothesis {
    let (parent, token) = (search.live[candidate.parent], candidate.token)
    var text = Hypothesis(
      ids: parent.ids + [token.id], logProbabilities: parent.logProbabilities + [token.ownLogProbability],
      sum: candidate.sum, group: parent.group)
    if trace.settings.choice == .stochastic { text.number = candidate.number }
    return text
  }

  /// Texts that were finished before, or in this step.
  private func finished(
    _ fields: TraceFields, fresh: [FinishedHypothesis]
  ) throws(TraceError) -> [FinishedHypothesis] {
    var finished: [FinishedHypothesis] = []
    let rows = try fields.array("finished")
    guard rows.count <= trace.settings.width else {
      throw fields.wrong("finished", "a list of at most \(trace.settings.width) texts")
    }
    for (index, json) in rows.enumerated() {
      let row = TraceFields(json, line: fields.line, path: "finished[\(index)].")
      let (ids, group) = (try row.ids("ids"), try group(row))
      let known = (search.finished + fresh).first {
        $0.hypothesis.ids == ids && $0.hypothesis.group == group
      }
      guard let known else { throw row.wrong("ids", "those of a text that was finished here or before") }
      guard try row.number("sum_logprob") == known.hypothesis.sum, try row.score("score") == known.score,
        try row.bool("finished") == known.isEnded
      else { throw row.wrong("score", "that of the text when it was finished, with its sum and its end") }
      finished.append(known)
    }
    return finished
  }

  private func end(_ fields: TraceFields) throws(TraceError) -> BeamTraceEnd {
    let reason =
      try fields.value("reason") == .null ? nil : try fields.word("reason", of: BeamStep.Stop.self)
    guard reason == search.stop else { throw fields.wrong("reason", "that of the last step") }
    let rows = try fields.array("sequences")
    guard rows.count == search.finished.count else {
      throw fields.wrong("sequences", "a list of the \(search.finished.count) finished texts")
    }
    var texts: [String?] = []
    for (index, json) in rows.enumerated() {
      let row = TraceFields(json, line: fields.line, path: "sequences[\(index)].")
      let known = search.finished[index]
      guard try row.ids("ids") == known.hypothesis.ids, try row.score("score") == known.score else {
        throw row.wrong("ids", "those of the finished text, and so its score")
      }
      texts.append(try row.optionalString("text"))
    }
    return BeamTraceEnd(
      reason: reason, texts: texts, text: try fields.optionalString("text"),
      cursor: fields.has("cursor") ? try fields.integer("cursor", in: 0...trace.steps.count) : nil)
  }
}

extension TraceFields {
  /// A score that may be missing.
  fileprivate func optionalScore(_ name: String) throws(TraceError) -> Double? {
    hasMember(name) ? try score(name) : nil
  }

  /// A score; null stands for minus infinity.
  fileprivate func score(_ name: String) throws(TraceError) -> Double {
    try value(name) == .null ? -.infinity : try number(name)
  }

  /// The start of a recorded search.
  func beamStart() throws(TraceError) -> BeamTrace {
    let start = try traceStart(beside: nil)
    var settings = try beamSettings("beam")
    (settings.sampling, settings.seed) = (start.settings, start.seed)
    guard !settings.draws || has("seed") else {
      throw wrong("seed", "a whole number where beams are drawn")
    }
    let fields = try object("beam")
    let limit = try fields.integer("max_new_tokens", in: 1...Self.largestVocabulary)
    let ends = Set(try fields.ids("eos_token_id", below: start.model.vocabularySize))
    return BeamTrace(start: start, settings: settings, limit: limit, endOfText: ends)
  }

  /// The settings of a search, without its chain and its seed.
  func beamSettings(_ name: String) throws(TraceError) -> BeamSettings {
    let fields = try object(name)
    var settings = BeamSettings(
      width: try fields.integer("num_beams", in: 1...BeamSettings.mostBeams),
      lengthPenalty: try fields.number("length_penalty"), earlyStopping: try fields.earlyStopping())
    let groups = try fields.integer("num_beam_groups", in: 1...BeamSettings.mostBeams)
    let isStochastic = fields.has("stochastic") ? try fields.bool("stochastic") : false
    if try fields.bool("do_sample") {
      guard groups == 1 else { throw fields.wrong("num_beam_groups", "1 where beams are drawn") }
      settings.choice = isStochastic ? .stochastic : .sampled
    } else if groups > 1 {
      (settings.choice, settings.groups) = (.diverse, groups)
      settings.diversity = try fields.number("diversity_penalty")
    }
    do throws(BeamError) {
      try settings.validate()
    } catch {
      throw wrong(name, "settings of a beam search: \(error)")
    }
    return settings
  }

  private func earlyStopping() throws(TraceError) -> BeamSettings.EarlyStopping {
    let value = try value("early_stopping")
    guard let known = BeamSettings.EarlyStopping.allCases.first(where: { $0.json == value }) else {
      throw wrong("early_stopping", "false, true or \"never\"")
    }
    return known
  }
}

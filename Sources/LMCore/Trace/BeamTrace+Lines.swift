extension BeamTrace {
  /// The lines, each with its line feed.
  public var lines: String {
    ([startLine] + steps.indices.map(line) + [end.map(line)].compactMap(\.self)).map { $0 + "\n" }.joined()
  }

  /// The first line, without a line feed.
  public var startLine: String {
    var members = start.json(version: Trace.highestVersion).members ?? []
    // Without a draw no seed has a part.
    if !settings.draws, let place = members.firstIndex(where: { $0.name == "seed" }) {
      members[place].value = .null
    }
    return JSON.object(members + [.init("beam", searchMembers)]).description
  }

  private var searchMembers: JSON {
    .object(
      settings.searchMembers + [
        .init("max_new_tokens", JSON(limit)), .init("eos_token_id", JSON(endOfText.sorted())),
      ])
  }

  /// The line of a step, from 0, without a line feed.
  public func line(ofStep index: Int) -> String {
    let step = steps[index]
    var members: [JSON.Member] = [
      .init("type", "step"), .init("index", JSON(index)),
      .init("parents", .array(step.parents.map { .object(self.members(of: $0)) })),
      .init("candidates", .array(step.candidates.map { .object(self.members(of: $0)) })),
      .init(
        "finished",
        .array(
          step.finished.map {
            .object(
              self.members(of: $0.hypothesis) + [
                .init("score", JSON($0.score)), .init("finished", JSON($0.isEnded)),
              ])
          })),
    ]
    if let score = step.bestPossibleScore { members.append(.init("best_possible_score", JSON(score))) }
    if let score = step.worstFinishedScore { members.append(.init("worst_finished_score", JSON(score))) }
    if let stop = step.stop { members.append(.init("stop", JSON(stop.rawValue))) }
    return JSON.object(members).description
  }

  private func members(of text: Hypothesis) -> [JSON.Member] {
    [.init("ids", JSON(text.ids)), .init("sum_logprob", JSON(text.sum))] + groupMembers(text)
  }

  private func groupMembers(_ text: Hypothesis) -> [JSON.Member] {
    settings.choice == .diverse ? [.init("group", JSON(text.group))] : []
  }

  private func members(of candidate: BeamCandidate) -> [JSON.Member] {
    let (token, fate) = (candidate.token, candidate.fate)
    var members: [JSON.Member] = [
      .init("rank", JSON(candidate.rank)), .init("beam", JSON(candidate.parent)),
    ]
    members += self.token(token.id).members(hasVocabulary: start.hasVocabulary)
    members.append(.init("logprob", JSON(token.ownLogProbability)))
    if token.logProbability != token.ownLogProbability {
      members.append(.init("chain_logprob", JSON(token.logProbability)))
    }
    members.append(.init("sum_logprob", JSON(candidate.sum)))
    if settings.draws { members.append(.init("noise", JSON(token.noise))) }
    if candidate.number != candidate.sum { members.append(.init("number", JSON(candidate.number))) }
    if token.slope != 1 { members.append(.init("slope", JSON(token.slope))) }
    members.append(.init("fate", JSON(fate.name.rawValue)))
    if let score = fate.score { members.append(.init("score", JSON(score))) }
    return members
  }

  /// The last line, without a line feed.
  public func line(_ end: BeamTraceEnd) -> String {
    let finished = steps.last?.finished ?? []
    var members: [JSON.Member] = [
      .init("type", "end"), .init("reason", JSON(end.reason?.rawValue)), .init("text", JSON(end.text)),
      .init(
        "sequences",
        .array(
          zip(finished, end.texts).map { sequence, text in
            .object(
              [
                .init("ids", JSON(sequence.hypothesis.ids)), .init("score", JSON(sequence.score)),
                .init("sum_logprob", JSON(sequence.hypothesis.sum)),
                .init("finished", JSON(sequence.isEnded)), .init("text", JSON(text)),
              ] + groupMembers(sequence.hypothesis))
          })),
    ]
    if let cursor = end.cursor { members.append(.init("cursor", JSON(cursor))) }
    return JSON.object(members).description
  }
}

extension BeamSettings {
  /// The search under the names of `transformers`, without its chain and its seed.
  var searchMembers: [JSON.Member] {
    let hasGroups = choice == .diverse
    let members: [JSON.Member] = [
      .init("num_beams", JSON(width)), .init("length_penalty", JSON(lengthPenalty)),
      .init("early_stopping", earlyStopping.json), .init("num_beam_groups", JSON(hasGroups ? groups : 1)),
      .init("diversity_penalty", hasGroups ? JSON(diversity) : JSON(0)), .init("do_sample", JSON(draws)),
    ]
    return members + (choice == .stochastic ? [.init("stochastic", true)] : [])
  }
}

extension BeamSettings.EarlyStopping {
  /// As `transformers` has it: a truth value, or a word.
  var json: JSON {
    switch self {
    case .heuristic: false
    case .immediate: true
    case .never: "never"
    }
  }
}

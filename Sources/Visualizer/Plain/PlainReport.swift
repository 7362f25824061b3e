import LMCore
import Presentation

/// The differences between two states, in sentences for a screen reader.
struct PlainReport {
  /// The state of the last report; nil before the first one.
  let before: AppState?
  let after: AppState
  /// The key that was pressed in between, if any.
  let key: Key?
  let speech: SpokenText

  /// The report. Sentences may quote typed or pasted text, so control characters are replaced.
  var lines: [String] { composed.map { PrintableToken.line($0, glyphs: speech.glyphs) } }

  private var composed: [String] {
    guard after.phase == .ready else { return before == nil ? ["Loading \(after.modelName)."] : [] }
    guard let before, before.phase == .ready else { return opening }
    var lines = changes(since: before)
    if let notice = after.message ?? after.notice, !isFinding { lines.append(sentence(of: notice)) }
    return lines.isEmpty ? nothingChanged : lines
  }

  // MARK: The first report

  private var opening: [String] {
    var lines: [String] = []
    if let card = after.card {
      let parameters =
        card.parameterCount > 0
        ? "\(NumberFormat.abbreviated(card.parameterCount)) parameters in \(card.dtype)" : "on a server"
      lines.append(
        "\(card.name): \(parameters), \(NumberFormat.grouped(card.vocabularySize)) tokens"
          + (card.tellsContextLength ? ", reads up to \(NumberFormat.grouped(card.contextLength))." : "."))
    }
    lines += text(of: after.focus)
    let keys = "h steps back, Ctrl-L says where things stand, ? lists all keys, q quits."
    if after.isReplay, after.hasBeams {
      // The text has no decisions of its own.
      lines.append("l goes on by a step, \(keys)")
    } else {
      lines += after.lanes.indices.map(sampler) + decisions
      lines += lessonLines(since: nil)
      lines += [
        "Of two percentages the first is the model's own, the second what the sampler makes of it.",
        "l appends the token, \(keys)",
      ]
    }
    // A start-up notice.
    if let notice = after.message ?? after.notice { lines.append(sentence(of: notice)) }
    return lines + (PlainPanel(after, speech)?.changes(since: nil) ?? [])
  }

  private func sentence(of notice: String) -> String {
    let text = SpokenText.capitalized(notice)
    return speech.sentence(text) + (text.hasSuffix(".") ? "" : ".")
  }

  // MARK: Changes

  private func changes(since before: AppState) -> [String] {
    if key == .control("l"), after.hasBeams { return PlainPanel(after, speech)?.changes(since: nil) ?? [] }
    if key == .control("l") || key == .suspend {
      return after.lanes.indices.flatMap { text(of: $0) + statistics(of: $0) + [sampler($0)] } + decisions
    }
    var lines = playing(since: before)
    // The lanes whose decisions are reported.
    var decided: [Int] = []
    if before.lanes.count != after.lanes.count {
      lines.append(
        after.isComparing ? "Two texts, A and B, with the same prompt and draws." : "One text again.")
      lines += after.lanes.indices.flatMap { text(of: $0) + [sampler($0)] }
      decided = Array(after.lanes.indices)
    } else {
      for (index, lane) in after.lanes.enumerated() {
        let old = before.lanes[index]
        let moves = self.moves(of: index, since: old)
        lines += moves
        if after.settings[index] != before.settings[index] {
          lines.append(sampler(index))
          if index == after.focus, let explained = after.explained {
            lines.append(explained.text.split(separator: "\n").joined(separator: " "))
          }
        } else if moves.isEmpty, lane.draw != old.draw {
          lines.append(draw(of: lane, old))
        }
        let isOther = lane.draw != old.draw || lane.settings != old.settings
        if !moves.isEmpty || isOther { decided.append(index) }
      }
      if after.firstDivergence != nil, before.firstDivergence == nil {
        lines.append("Here the texts part.")
      }
      if after.focus != before.focus {
        lines.append("Lane \(name(of: after.focus)).")
        decided = [after.focus]
      }
    }
    lines += !decided.isEmpty && !after.play.isRunning ? decided.flatMap(decision) : rows(since: before)
    lines += lessonLines(since: before)
    let panel = PlainPanel(after, speech)
    return lines + (panel?.changes(since: PlainPanel(before, speech)) ?? [])
  }

  private func playing(since before: AppState) -> [String] {
    if before.play.isRunning, !after.play.isRunning { return ["Paused."] }
    guard after.play != before.play else { return [] }
    let speed = NumberFormat.fixed(after.play.speed, decimals: after.play.speed < 1 ? 2 : 0)
    return [
      (after.play.isRunning ? "Playing, " : "Speed ") + "\(speed) tokens a second; Space "
        + (after.play.isRunning ? "pauses." : "plays.")
    ]
  }

  /// The tokens appended or removed.
  private func moves(of index: Int, since old: LaneSnapshot) -> [String] {
    let lane = after.lanes[index]
    let (now, then) = (lane.steps[..<lane.depth], old.steps[..<old.depth])
    guard lane.promptIDs == old.promptIDs else { return text(of: index) }
    let common = zip(now, then).prefix { $0 == $1 }.count
    let place = "\(prefix(index))Step \(lane.depth)"
    switch (now.count - common, then.count - common) {
    case (0, 0): return loop(of: index, since: old)
    case (1, 0): return ["\(place): \(appended(now[common], to: old))"] + loop(of: index, since: old)
    case (0, 1): return ["\(place): back, without \(token(then[common].id))."]
    case (0, let count) where lane.depth == 0: return ["\(place), the prompt: \(count) tokens back."]
    case (0, let count): return ["\(place): \(count) tokens back."]
    default: return ["\(place)."] + text(of: index)
    }
  }

  /// `" she", 12.0%, rank 2.`
  private func appended(_ step: GenerationStep, to old: LaneSnapshot) -> String {
    let probability = speech.percent(step.before)
    let isGreedy = old.decision?.settings.isGreedy == true
    let after =
      step.after != step.before && step.after > 0 && !isGreedy ? ", then \(speech.percent(step.after))" : ""
    let isAuthors = old.decision?.followed == step.id
    let forced = isAuthors ? ", the author's" : step.isForced ? ", forced" : ""
    return "\(token(step.id)), \(probability)\(after), rank \(NumberFormat.grouped(step.rank))\(forced)."
  }

  /// One sentence where a phrase was repeated once more, with the mean probability of each copy.
  private func loop(of index: Int, since old: LaneSnapshot) -> [String] {
    let lane = after.lanes[index]
    let repetition = LoopSummary(lane)
    guard lane.depth > old.depth, let loop = repetition.loop, LoopSummary(old).loop?.copies != loop.copies
    else { return [] }
    let phrase = loop.range(ofCopy: 0).flatMap { after.card?.bytes(of: lane.textIDs[$0]) ?? [] }
    let means = repetition.copyMeans(of: lane).map { $0.map(speech.percent) ?? "given" }
    let first = means.count > 4 ? "\(means[0]) in the first copy, then \(means[1]), and now " : ""
    return [
      "\(prefix(index))Loop: \(speech.phrase(phrase)), \(loop.copies) times in a row, "
        + "with mean probabilities of \(first)\(means.suffix(first.isEmpty ? 4 : 1).joined(separator: ", "))."
    ]
  }

  private func draw(of lane: LaneSnapshot, _ old: LaneSnapshot) -> String {
    let u = NumberFormat.fixed(lane.draw.u, decimals: 4)
    return lane.draw.seed == old.draw.seed ? "Drew again: u \(u)." : "Seed \(lane.draw.seed): u \(u)."
  }

  // MARK: Rows

  /// The chosen row, or a page of rows.
  private func rows(since before: AppState) -> [String] {
    guard let decision = after.focusedLane?.decision else { return [] }
    let spoken = PlainDecision(
      decision: decision, card: after.card, speech: speech, isReplay: after.isReplay)
    if isFinding, let search = after.search, let row = after.table.chosenRank.flatMap(spoken.row) {
      let count = NumberFormat.grouped(search.matches.count)
      return ["Row " + row + " Match \(NumberFormat.grouped(search.index + 1)) of \(count)."]
    }
    // While the query is typed, the chosen row changes with every letter.
    if case .search = after.overlay { return [] }
    if after.table.chosenRank != before.table.chosenRank {
      guard let rank = after.table.chosenRank else { return ["No row is chosen."] }
      return spoken.row(rank).map { ["Row " + $0] } ?? []
    }
    guard after.table.firstRank != before.table.firstRank else { return [] }
    return after.visibleRanks(lane: after.focus, count: PlainDecision.rowCount).compactMap(spoken.row)
  }

  /// True where the notice reports a match, whose row is reported instead.
  private var isFinding: Bool {
    after.search?.current != nil && after.notice != nil && after.notice == after.searchFinding?.sentence
  }

  private var decisions: [String] { after.lanes.indices.flatMap(decision) }

  private func decision(of index: Int) -> [String] {
    guard let decision = after.lanes[index].decision else {
      return [prefix(index) + speech.sentence(after.lanes[index].problem ?? "")]
    }
    let spoken = PlainDecision(
      decision: decision, card: after.card, speech: speech, isReplay: after.isReplay)
    let lines = spoken.lines(rows: after.isComparing ? 3 : PlainDecision.rowCount)
    return [prefix(index) + lines[0]] + lines.dropFirst()
  }

  // MARK: Parts

  private func text(of index: Int) -> [String] {
    let bytes = after.lanes[index].textIDs.flatMap { after.card?.bytes(of: $0) ?? [] }
    let lines = speech.lines(bytes)
    return ["\(prefix(index))Text: \(lines[0])"] + lines.dropFirst()
  }

  /// The statistics of the history panel.
  private func statistics(of index: Int) -> [String] {
    let lane = after.lanes[index]
    guard let perplexity = PerplexityText.short(of: lane.steps[..<lane.depth]) else { return [] }
    let repetition = LoopSummary(lane)
    return [
      "\(prefix(index))So far: step \(lane.depth), perplexity \(perplexity), "
        + "repeated 4-grams \(speech.percent(repetition.repeatedFourGramShare)), "
        + "distinct-2 \(repetition.distinctTwo)."
    ]
  }

  private func sampler(_ index: Int) -> String {
    let earlier =
      after.showsEarlierSettings(lane: index) ? ", the settings of this step; u takes yours along" : ""
    return
      "\(prefix(index))Sampler: \(speech.sentence(ChainDescription(after.settings[index]).text))\(earlier)."
  }

  private func lessonLines(since before: AppState?) -> [String] {
    guard let run = after.lesson else { return before?.lesson == nil ? [] : ["The lesson is closed."] }
    if let old = before?.lesson, old.lesson.name == run.lesson.name, old.index == run.index {
      return run.isDone && !old.isDone ? ["That was the lesson's last step."] : []
    }
    return ["Lesson, \(run.index + 1) of \(run.lesson.stepCount): \(speech.keyHelp(run.step.spoken))"]
  }

  private func name(of index: Int) -> String { LaneName.of(index) }

  private func prefix(_ index: Int) -> String { after.isComparing ? "\(name(of: index)), " : "" }

  private func token(_ id: Int) -> String { speech.token(after.card?.bytes(of: id) ?? []) }

  private var nothingChanged: [String] {
    guard let key else { return [] }
    if after.overlay == nil, before?.overlay != nil { return ["Closed."] }
    guard after.overlay == nil, KeyMap.action(for: key) == nil else { return ["Nothing changes."] }
    return ["This key does nothing; ? lists the keys."]
  }
}

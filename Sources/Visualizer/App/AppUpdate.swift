import LMCore
import Presentation

extension AppState {
  /// The first request: a new or resumed session, which waits for the model.
  mutating func begin() -> [AppEffect] {
    guard let kept = resumed else {
      let effects = ask(.start(prompt: prompt, settings: settings, seed: seed))
      return effects + (opening.map { performPanel($0) } ?? [])
    }
    // It was adopted before the first key.
    resumed = nil
    searchToReopen = kept.session.search
    return ask(.resume(kept))
  }

  /// Applies an event. Pure: the only results are the new state and the effects to carry out.
  mutating func update(_ event: AppEvent) -> [AppEffect] {
    recordForLesson(event)
    return react(to: event) + followLesson(after: event)
  }

  private mutating func react(to event: AppEvent) -> [AppEffect] {
    switch event {
    case .key(let key, let target): return updateKey(key, on: target)
    case .resized(let size):
      self.size = size
      return []
    case .background(let background):
      appearance.adapt(to: background)
      return []
    case .engine(let event): return updateEngine(event)
    case .tick:
      guard play.isRunning, !isBusy else { return [] }
      if case .beams = overlay { return ask(.beams(.advance)) }
      if case .contrastive = overlay { return ask(.contrastive(.advance)) }
      return ask(.advance(.all))
    case .waits:
      longRequest = requests.inFlight
      return []
    }
  }

  // MARK: The engine's answers

  private mutating func updateEngine(_ event: EngineEvent) -> [AppEffect] {
    switch event {
    case .loading(let share): if phase != .ready { phase = .loading(share) }
    case .loaded(let card):
      self.card = card
      if let note = lessonNote { notice = [notice, note].compactMap(\.self).joined(separator: "; ") }
    case .failed(let sentence): return [.fail(sentence)]
    case .wroteTrace(let outcome): show(outcome)
    case .beams(let beams): show(beams)
    case .contrastive(let contrastive): show(contrastive)
    case .warning(let sentence):
      // What the server does not tell, a lesson says for itself.
      if phase == .ready || card?.mostRanks == nil || lessonNote == nil { message = sentence }
    case .kept(let entries): showKeptSessions(entries)
    case .answered(let request, let lanes, let problem):
      // Without a session there is no screen that could show the problem.
      if lanes.isEmpty, let problem { return [.fail(problem)] }
      let wasForRanks = isCurrent(request) && requests.current?.isForRanks == true
      let next = requests.finish(request)
      show(lanes)
      if let problem {
        message = problem
        play.isRunning = false
        searchToReopen = nil
      }
      let more = wasForRanks ? receiveRanks(hasFailed: problem != nil) : []
      return (next.map { [$0] } ?? []) + more + reopenBeams()
    }
    return []
  }

  private mutating func show(_ lanes: [LaneSnapshot]) {
    guard !lanes.isEmpty else { return }
    let moved =
      lanes.map(\.depth) != self.lanes.map(\.depth) || lanes.map(\.promptIDs) != self.lanes.map(\.promptIDs)
    if self.lanes.isEmpty { focus = min(ownLane, lanes.count - 1) }
    let ended = lanes.indices.filter { endsText(lanes[$0], since: self.lanes.dropFirst($0).first) }
    self.lanes = lanes
    phase = .ready
    if let saved = resumed?.session, saved.hasShape(of: lanes) {
      adopt(saved)
      (focus, resumed) = (ownLane, nil)
    }
    if requests.isIdle { resumed = nil }
    if chains.count != lanes.count || settings.count < lanes.count { fit(to: lanes) }
    // While changes of settings are under way, the screen shows the newest ones, not the engine's.
    if requests.isIdle {
      let wereEarlier = showsEarlierSettings(lane: focus)
      settings = lanes.map(\.settings)
      if moved, showsEarlierSettings(lane: focus), !wereEarlier, message == nil, notice == nil {
        notice = "the settings of this step are earlier ones; u takes yours along"
      }
    }
    if moved {
      text.scroll = nil
      table.showTop()
    }
    if moved, lanes[0].isAtEndOfFollowedText {
      play.isRunning = false
      notice =
        "the author's text ends here; \(appearance.glyphs.arrowRight) goes on with what the model chooses"
    }
    if !ended.isEmpty {
      play.isRunning = false
      notice = endSentence(of: ended)
    }
    if play.isRunning, !hasWindow, lanes.allSatisfy({ $0.decision == nil }) { play.isRunning = false }
  }

  /// Whether a lane has moved behind a token that ends texts, and that no author wrote.
  private func endsText(_ lane: LaneSnapshot, since old: LaneSnapshot?) -> Bool {
    guard lane.depth > lane.followedCount, let last = lane.lastToken,
      card?.endOfText.contains(last) == true
    else { return false }
    return lane.textIDs != old?.textIDs
  }

  /// "the text ends here: <|im_end|> is the model's end of a text; → goes on"
  private func endSentence(of ended: [Int]) -> String {
    let names = isComparing ? " " + ended.map { LaneName.of($0) }.joined(separator: " and ") : ""
    let verb = ended.count > 1 ? "s\(names) end" : "\(names) ends"
    return endSentence(
      lanes[ended[0]].lastToken ?? 0, goesOn: !isReplay && lanes[ended[0]].decision != nil, verb)
  }

  func endSentence(_ token: Int, goesOn: Bool, _ verb: String = " ends") -> String {
    let glyphs = appearance.glyphs
    let label = PrintableToken.label(for: card?.bytes(of: token) ?? [], glyphs: glyphs)
    let rest = goesOn ? "; \(glyphs.arrowRight) goes on" : ""
    return "the text\(verb) here: \(label) is the model's end of a text\(rest)"
  }

  // MARK: Keys

  mutating func updateKey(_ key: Key, on target: ScreenTarget?) -> [AppEffect] {
    switch key {
    case .terminate, .hangup: return [.quit]
    case .interrupt: return interrupt()
    default: break
    }
    if case .mouse(.release, _) = key, !table.isDraggingCut { return [] }
    (message, notice, explained) = (nil, nil, nil)
    if case .unknownName(let name) = key {
      return [
        .fail("no key is called <\(name)>; the names are \(PlainKeyReader.namesInWords) for the key <")
      ]
    }
    if overlay != nil { return updateOverlay(key, on: target) }
    if let effects = updateChain(key, on: target) { return effects }
    if case .mouse(let action, _) = key { return updateMouse(action, on: target) }
    guard let action = KeyMap.action(for: key) else { return [] }
    return perform(action)
  }

  /// Ctrl-C: stops what runs, closes an overlay, cancels waiting commands; otherwise quits. A search that runs stays open.
  private mutating func interrupt() -> [AppEffect] {
    guard play.isRunning || overlay != nil || !requests.waiting.isEmpty || waitsForServer else {
      return [.quit]
    }
    // Nothing lies behind the window of a recorded search.
    if isReplay, hasWindow, !play.isRunning { return [.quit] }
    if hasWindow, play.isRunning || searches {
      message = "stopped; Ctrl-C again closes the window"
      if isReplay { message = "stopped; Ctrl-C again quits" }
      play.isRunning = false
      requests.cancelWaiting()
      return searches ? [.interruptEngine] : []
    }
    message = "stopped; Ctrl-C again quits"
    play.isRunning = false
    let window = searchWindow
    (overlay, windowBehind) = (isReplay ? window : nil, nil)
    requests.cancelWaiting()
    switch window {
    case .beams where !isReplay: return askBeamsAnew(.close)
    case .contrastive: return askContrastiveAnew(.close)
    default: return waitsForServer ? [.interruptEngine] : []
    }
  }

  private mutating func perform(_ action: Action) -> [AppEffect] {
    // `force` is allowed without the ability: Enter appends the recorded token. The lane refuses another one.
    if action != .force, let need = KeyMap.needs(of: action), !abilities.contains(need) {
      message = need.refusal
      return []
    }
    switch action {
    case .stepForward: return ask(.advance(.all))
    case .stepBack: return ask(.back(.all))
    case .firstStep: return ask(.jump(depth: 0, .all))
    case .lastStep: return ask(.jump(depth: .max, .all))
    case .chooseUp: moveChosenRow(by: -1)
    case .chooseDown:
      moveChosenRow(by: 1)
      return askForMoreRanks(.row)
    case .force: return force()
    case .pageUp: scrollTable(byPages: -1)
    case .pageDown:
      scrollTable(byPages: 1)
      return askForMoreRanks(.page)
    case .play: play.isRunning.toggle()
    case .faster: play.faster()
    case .slower: play.slower()
    case .removedRows: cycleRemovedRows()
    case .seed: overlay = .seed(TextInput(String(seed), isSelected: true))
    case .editPrompt: openPromptEditor()
    case .help: overlay = .help(scroll: 0)
    case .redraw: return redraw()
    case .compare: return toggleComparison()
    case .focusOtherLane: focusOtherLane()
    case .stepLaneForward: return ask(.advance(.only(focus)))
    case .stepLaneBack: return ask(.back(.only(focus)))
    case .synchronize: return isComparing ? ask(.synchronize(with: focus)) : []
    case .redrawScreen: return [.redrawScreen]
    case .lessonForward: return turnLessonPage(by: 1)
    case .lessonBack: return turnLessonPage(by: -1)
    case .followText: overlay = .humanText(TextInput(prompt.humanText ?? "", isSelected: true))
    case .suspend: return [.suspend]
    case .cancel: return cancel()
    case .quit: return [.quit]
    case .search, .nextMatch, .presets, .branches, .keptSessions, .textScale, .textUp, .textDown, .loopStart,
      .writeTrace, .history, .beams, .contrastive, .chain, .nextStage, .stageBefore:
      return performPanel(action)
    case .greedy, .pureSampling, .nucleus, .ownChain, .chainOrder, .cooler, .hotter, .topKDown, .topKUp,
      .topPDown,
      .topPUp:
      return turnKnob(action)
    }
    return []
  }

  private mutating func cancel() -> [AppEffect] {
    play.isRunning = false
    table.showTop()
    rankRequest = nil
    requests.cancelWaiting()
    if waitsForServer { return [.interruptEngine] }
    return focusedLane?.partial == nil ? [] : ask(.showStage(nil, lane: focus))
  }

  /// A command is under way that a server may take long for.
  var waitsForServer: Bool { card?.source == .server && isBusy }

  /// "waiting for 127.0.0.1:8080 …; Esc or Ctrl-C stops", once that takes long; else nil.
  var waitingSentence: String? {
    guard waitsForServer, longRequest != nil, longRequest == requests.inFlight, let card else { return nil }
    let host = card.path?.split(separator: "/").dropFirst().first.map(String.init) ?? card.name
    // An overlay takes Esc for itself.
    let keys = overlay == nil && chain == nil ? "Esc or Ctrl-C stops" : "Ctrl-C stops"
    return "waiting for \(host) \(appearance.glyphs.ellipsis) \(keys)"
  }

  private mutating func redraw() -> [AppEffect] {
    guard settings.indices.contains(focus), !settings[focus].isGreedy else {
      message = "greedy decoding draws no number: it takes the most probable token"
      return []
    }
    return ask(.redraw(lane: focus))
  }

  /// Appends the chosen row's token; where no row is chosen, the drawn one.
  private mutating func force() -> [AppEffect] {
    guard let lane = focusedLane, let decision = lane.decision else { return ask(.advance(.all)) }
    if let row = table.chosenRank.flatMap(decision.distribution.row(atRank:)) {
      return ask(.force(row.id, lane: focus))
    }
    // At the step where the user left a followed text, → replays that token, and Enter returns to the author's.
    if let author = decision.followed, lane.steps.count > lane.depth, lane.followedCount == lane.depth {
      return ask(.force(author, lane: focus))
    }
    return ask(.advance(.all))
  }

  func isCurrent(_ request: Int) -> Bool { requests.inFlight == request }

  mutating func ask(_ command: EngineCommand) -> [AppEffect] { requests.add(command).map { [$0] } ?? [] }
}

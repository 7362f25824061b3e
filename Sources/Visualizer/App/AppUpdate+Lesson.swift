import LMCore

/// Progress of a lesson. All keys keep their meaning; the lesson observes them, and applies its own scenes.
extension AppState {
  /// Records a key for the lesson, before the event is handled.
  mutating func recordForLesson(_ event: AppEvent) {
    guard case .key(let key, _) = event else { return }
    let action = actionForLesson(key)
    lesson?.record(key, action: action)
  }

  /// What a key does as a lesson counts it; Esc closes a window of a search, and leaves no lesson.
  private func actionForLesson(_ key: Key) -> Action? {
    guard overlay == nil || hasWindow && key != .escape else { return nil }
    return KeyMap.action(for: key)
  }

  /// Advances the lesson after an event was handled, where the condition of its step is met.
  mutating func followLesson(after event: AppEvent) -> [AppEffect] {
    guard let run = lesson else { return [] }
    if run.escapes >= 2 {
      lesson = nil
      notice = "you have left the lesson; q quits the program"
      return []
    }
    if run.escapes == 1, message == nil { notice = "Esc once more leaves the lesson" }
    if run.isSettingScene {
      guard requests.isIdle else { return [] }
      lesson?.isSettingScene = false
    }
    guard phase == .ready, overlay == nil || hasWindow && requests.isIdle, run.hasKey, !run.isDone,
      let until = run.step.until,
      until.holds(in: lessonFacts, pressed: run.pressed)
    else { return [] }
    // Play mode stops where the caption wanted to lead, so that the next one is read in time.
    if !event.isKey(for: .play) { play.isRunning = false }
    if run.isAtEnd {
      lesson?.finish()
      return []
    }
    return goToLessonStep(run.index + 1)
  }

  var lessonFacts: LessonFacts {
    LessonFacts(
      lanes: lanes, lane: focusedLane, settings: settings.indices.contains(focus) ? settings[focus] : nil,
      beams: hasWindow ? beams : nil, contrastive: hasWindow ? contrastive : nil,
      endOfText: card?.endOfText ?? [])
  }

  /// That captions of the lesson may be untrue here; nil where they are not.
  var lessonNote: String? {
    guard let lesson = lesson?.lesson, let card else { return nil }
    if let ranks = card.mostRanks, let missing = lesson.missing(ranks: ranks, of: card.vocabularySize) {
      let lack =
        missing == "logits"
        ? "no logits, which the lesson needs"
        : "\(NumberFormat.grouped(ranks)) ranks, the lesson needs \(missing)"
      return "the server tells \(lack): not all of it holds here"
    }
    return noteOfModel(lesson, card)
  }

  /// That the lesson was written for another model than the open one; nil where it was not.
  private func noteOfModel(_ lesson: Lesson, _ card: ModelCard) -> String? {
    guard let wanted = lesson.model else { return nil }
    func name(_ model: String) -> String {
      (ModelReference(model).id.split(separator: "/").last ?? "").lowercased()
    }
    let (written, open) = (name(wanted), name(card.name))
    // A GGUF file's name has its format behind that of the model: "model.Q4_1", "model-q8_0".
    let isFileOfIt = card.container == "GGUF" && [".", "-"].contains { open.hasPrefix(written + $0) }
    guard open != written, !isFileOfIt else { return nil }
    return "this lesson was written for \(wanted); of other models it may be untrue"
  }

  /// Moves through the lesson's steps without checking their conditions.
  mutating func turnLessonPage(by pages: Int) -> [AppEffect] {
    guard let run = lesson else {
      message = "no lesson is open; 'gpt2-viz lesson' lists them"
      return []
    }
    let index = run.index + pages
    if index == run.lesson.stepCount, let next = run.next.first {
      lesson = LessonRun(next, next: Array(run.next.dropFirst()))
      notice = lessonNote ?? "the next lesson: \(next.title)"
      return setScene(next.scene(at: 0))
    }
    guard run.lesson.steps.indices.contains(index) else {
      message = pages > 0 ? "this is the lesson's last step; q quits" : "this is the lesson's first step"
      return []
    }
    return goToLessonStep(index)
  }

  private mutating func goToLessonStep(_ index: Int) -> [AppEffect] {
    guard let run = lesson else { return [] }
    let lesson = run.lesson
    let isNext = index == run.index + 1
    self.lesson?.move(to: index)
    guard lesson.sceneStep(at: index) != lesson.sceneStep(at: run.index) else { return [] }
    let own = lesson.steps[index].scene
    if isNext, !own.startsOver, let settings = own.settings { return turn(to: settings) }
    return setScene(lesson.scene(at: index))
  }

  private mutating func setScene(_ scene: LessonScene) -> [AppEffect] {
    prompt = scene.prompt ?? prompt
    seed = scene.seed ?? seed
    let start = scene.settings ?? SamplingSettings()
    // One for each lane that is still open: the new single lane comes with the engine's answer.
    settings = settings.map { _ in start }
    chains = settings.map { ChainHistory($0) }
    focus = 0
    play.isRunning = false
    lesson?.isSettingScene = true
    return ask(.start(prompt: prompt, settings: [start], seed: seed))
  }
}

extension AppEvent {
  fileprivate func isKey(for action: Action) -> Bool {
    guard case .key(let key, _) = self else { return false }
    return KeyMap.action(for: key) == action
  }
}

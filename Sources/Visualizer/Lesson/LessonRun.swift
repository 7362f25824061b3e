/// The progress of a lesson: its current step, and the keys pressed since.
struct LessonRun: Equatable, Sendable {
  let lesson: Lesson
  /// The step whose caption is shown.
  private(set) var index = 0
  /// The condition of the last step was met.
  private(set) var isDone = false
  /// A scene was requested, and the screen still shows the one before.
  var isSettingScene = true
  /// A key was pressed since the step was reached. Without one the step does not end, so that each caption is seen.
  private(set) var hasKey = false
  /// The action of the last key; nil after any other event.
  private(set) var lastAction: Action?
  /// The number of times that Esc was pressed in succession.
  private(set) var escapes = 0

  init(_ lesson: Lesson) { self.lesson = lesson }

  var step: LessonStep { lesson.steps[index] }
  var isAtEnd: Bool { index == lesson.steps.count - 1 }

  /// Records a key with its action. Mouse actions do not count as keys.
  mutating func record(_ key: Key?, action: Action?) {
    lastAction = action
    guard let key else { return }
    if case .mouse = key { return }
    hasKey = true
    escapes = action == .cancel ? escapes + 1 : 0
  }

  mutating func move(to index: Int) {
    self.index = index
    (isDone, hasKey, lastAction) = (false, false, nil)
  }

  mutating func finish() { isDone = true }
}

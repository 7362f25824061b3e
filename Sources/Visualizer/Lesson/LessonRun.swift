/// A lesson on its way: where it stands, and what the user has done since.
struct LessonRun: Equatable, Sendable {
  let lesson: Lesson
  /// The step whose caption is shown.
  private(set) var index = 0
  /// The condition of the last step was met: nothing is left to do.
  private(set) var isDone = false
  /// A scene is being set; what the screen shows is still the one before.
  var isSettingScene = true
  /// A key was pressed since the step was reached: no caption is passed over unseen.
  private(set) var hasKey = false
  /// What the key pressed last asked for; nil after any other event.
  private(set) var lastAction: Action?
  /// How often Esc was pressed in a row.
  private(set) var escapes = 0

  init(_ lesson: Lesson) { self.lesson = lesson }

  var step: LessonStep { lesson.steps[index] }
  var isAtEnd: Bool { index == lesson.steps.count - 1 }

  /// Takes note of a key. Pointing with the mouse is no answer.
  mutating func note(_ key: Key?, asking action: Action?) {
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

/// The progress of a lesson: its current step, and the keys pressed since.
struct LessonRun: Equatable, Sendable {
  let lesson: Lesson
  /// The lessons behind it in the course.
  let next: [Lesson]
  /// The step whose caption is shown.
  private(set) var index = 0
  /// The condition of the last step was met.
  private(set) var isDone = false
  /// A scene was requested, and the screen still shows the one before.
  var isSettingScene = true
  /// A key was pressed since the step was reached. Without one the step does not end, so that each caption is seen.
  private(set) var hasKey = false
  /// The actions of those keys. They count until the step ends, so that a key pressed while the model loads or computes
  /// is not lost.
  private(set) var pressed: Set<Action> = []
  /// The number of times that Esc was pressed in succession.
  private(set) var escapes = 0

  init(_ lesson: Lesson, next: [Lesson] = []) { (self.lesson, self.next) = (lesson, next) }

  var step: LessonStep { lesson.steps[index] }
  var isAtEnd: Bool { index == lesson.steps.count - 1 }

  /// Records a key with its action. Mouse actions do not count as keys.
  mutating func record(_ key: Key, action: Action?) {
    if case .mouse = key { return }
    hasKey = true
    if let action { pressed.insert(action) }
    escapes = action == .cancel ? escapes + 1 : 0
  }

  mutating func move(to index: Int) {
    self.index = index
    (isDone, hasKey, pressed) = (false, false, [])
  }

  mutating func finish() { isDone = true }
}

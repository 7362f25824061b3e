import LMCore
import Presentation

@testable import Visualizer

/// A lesson played from its start to its end with the built-in model, by the keys that a reader of its captions presses.
struct LessonPlayer {
  /// What a reader had before him while one caption was shown. Screens are drawn when they are asked for.
  struct Step {
    let number: Int
    let step: LessonStep
    /// The steps before, from the first.
    var earlier: [Step]
    /// The window that the screens are drawn for.
    var size: Size
    /// The states from the caption's appearance to the last one before the next caption.
    var states: [AppState]
    /// The state with which the next caption appears; the last one again at the end of the lesson.
    var next: AppState
    /// What plain mode says from the caption's appearance to the next one.
    var heard: [String] = []

    var screens: [LessonScreen] { states.map { LessonScreen($0, size: size) } }
    var first: LessonScreen { LessonScreen(states[0], size: size) }
    var last: LessonScreen { LessonScreen(states[states.count - 1], size: size) }
    var after: LessonScreen { LessonScreen(next, size: size) }

    func on(_ size: Size) -> Step {
      var step = self
      step.size = size
      for index in earlier.indices { step.earlier[index].size = size }
      return step
    }
  }

  struct DoesNotEnd: Error, CustomStringConvertible {
    let description: String
  }

  /// Plays a lesson; throws where a step does not end within 120 keys.
  static func play(_ lesson: Lesson, _ model: LoadedModel) throws -> [Step] {
    var app = AppHarness(lesson: lesson, storyteller: model)
    var steps: [Step] = []
    var reported: AppState?
    func hear(after key: Key?) -> [String] {
      let report = PlainReport(
        before: reported, after: app.state, key: key, speech: SpokenText(glyphs: .blocks))
      reported = app.state
      return report.lines
    }
    for (index, step) in lesson.steps.enumerated() {
      var played = Step(
        number: index + 1, step: step, earlier: steps, size: app.state.size, states: [app.state],
        next: app.state)
      // The report with which the caption appeared names the numbers that it speaks of.
      played.heard = steps.last?.heard.suffix(12) ?? hear(after: nil)
      while let until = step.until, app.state.lesson?.index == index {
        guard played.states.count <= 120 else {
          throw DoesNotEnd(description: "\(lesson.name): step \(index + 1) does not end")
        }
        let key = key(for: until, app)
        app.pressUnanswered(key)
        app.deliver()
        played.heard += hear(after: key)
        if app.state.lesson?.index == index { played.states.append(app.state) }
        played.next = app.state
      }
      steps.append(played)
    }
    return steps
  }

  /// A key that leads to a condition, as a reader of the caption would press it.
  static func key(for condition: LessonCondition, _ app: AppHarness) -> Key {
    func key(_ action: Action) -> Key { KeyMap.bindings.first { $0.action == action }!.keys[0] }
    switch condition {
    case .anyKey, .loop, .ended: return .right
    case .key(let action): return key(action)
    case .greedy: return .character("g")
    case .compare: return .character("c")
    case .forced: return app.state.table.chosenRank == nil ? .down : .enter
    case .all(let conditions):
      let open = conditions.first { !$0.holds(in: app.state.lessonFacts, pressed: []) }
      return open.map { self.key(for: $0, app) } ?? .right
    case .measure(let measure, let comparison, let number):
      let isDown = [.atMost, .below].contains(comparison)
      switch measure {
      case .temperature: return .character(isDown ? "t" : "T")
      case .alpha: return .character(isDown ? "p" : "P")
      case .topP: return .character(isDown ? "p" : "P")
      case .topK, .kept, .mass: return .character(isDown ? "[" : "]")
      case .step where comparison == .equal: return Double(app.lane.depth) < number ? .right : .home
      default: return .right
      }
    }
  }
}

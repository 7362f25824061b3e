import LMCore
import Testing

@testable import Visualizer

/// Lessons with the built-in model, by keys.
@Suite struct LessonTests {
  private func storyteller() throws -> LoadedModel { try LoadedModel.load(.builtIn, threads: 1) }

  private func open(_ lesson: Lesson, size: Size = Size(columns: 110, rows: 34)) throws -> AppHarness {
    AppHarness(size: size, lesson: lesson, storyteller: try storyteller())
  }

  private func lesson(_ steps: String) throws -> Lesson {
    try Lesson.parse("title: Test\n" + steps, path: "test") { _ in "Once there was a fox. It ran and ran." }
  }

  /// A key that meets a condition, as a reader of the caption would press it.
  private func key(for condition: LessonCondition, _ app: AppHarness) -> Key {
    func key(_ action: Action) -> Key { KeyMap.bindings.first { $0.action == action }!.keys[0] }
    switch condition {
    case .anyKey: return .right
    case .key(let action): return key(action)
    case .loop: return .right
    case .greedy: return .character("g")
    case .compare: return .character("c")
    case .forced: return app.state.table.chosenRank == nil ? .down : .enter
    case .all(let conditions):
      let open = conditions.first { !$0.holds(in: app.state.lessonFacts, lastAction: nil) }
      return open.map { self.key(for: $0, app) } ?? .right
    case .measure(let measure, let comparison, _):
      let isDown = [.atMost, .below].contains(comparison)
      switch measure {
      case .temperature: return .character(isDown ? "t" : "T")
      case .topP: return .character(isDown ? "p" : "P")
      case .topK, .kept, .mass: return .character(isDown ? "[" : "]")
      case .step where comparison == .equal: return .home
      default: return .right
      }
    }
  }

  @Test(arguments: ["greedy-loops", "temperature", "top-k-vs-top-p", "nucleus", "human-text"])
  func aBuiltInLessonLeadsFromItsStartToItsEnd(name: String) throws {
    let lesson = try #require(try Lesson.builtIn().first { $0.name == name })
    #expect(lesson.stepCount >= 5)
    var app = try open(lesson)
    for step in 0..<lesson.stepCount - 1 {
      #expect(app.state.lesson?.index == step)
      let until = try #require(lesson.steps[step].until)
      var presses = 0
      while app.state.lesson?.index == step, presses < 120 {
        app.press(key(for: until, app))
        presses += 1
      }
      #expect(presses <= 70, "step \(step + 1) takes \(presses) presses")
      try #require(app.state.lesson?.index == step + 1, "step \(step + 1) does not end")
    }
    #expect(app.state.lesson?.isAtEnd == true)
  }

  @Test func theBuiltInOnesAreThoseOfTheCourse() throws {
    let lessons = try Lesson.builtIn()
    #expect(
      lessons.map(\.name) == ["greedy-loops", "temperature", "top-k-vs-top-p", "nucleus", "human-text"])
    #expect(lessons.allSatisfy { $0.steps.last?.until == nil })
  }

  /// The statements of the first lesson's captions about the built-in model.
  @Test func theGreedyLessonFallsIntoALoopAndNucleusDoesNot() throws {
    let lesson = try #require(try Lesson.builtIn().first)
    var app = try open(lesson)
    app.press(.character("c"))
    for _ in 0..<100 { app.press(.right) }
    let loops = app.state.lanes.map { lane in
      var detector = RepetitionDetector()
      for id in lane.textIDs { detector.append(id) }
      return detector.loop
    }
    #expect(loops[0].map { $0.copies >= 10 } == true)
    #expect(loops[1] == nil)
    let loop = try #require(loops[0])
    let lane = app.state.lanes[0]
    let means = (0..<4).map { copy in
      loop.range(ofCopy: copy).map { lane.steps[$0 - lane.promptIDs.count].before }.reduce(0, +)
    }
    #expect(means == means.sorted(), "each of the first four copies is more probable than the one before")
  }

  @Test func allOtherKeysWorkAndAPageCanBeTurned() throws {
    var app = try open(lesson("One.\nuntil: key g\nTwo.\nuntil: step 5\nThree."))
    app.press(.right, .character("n"), .character("p"))
    #expect(app.state.lesson?.index == 0)
    #expect(app.lane.settings.topP == 0.92)
    app.press(.character(">"))
    #expect(app.state.lesson?.index == 1)
    app.press(.character(">"), .character(">"))
    #expect(app.state.lesson?.index == 2)
    #expect(app.state.message?.contains("last step") == true)
    app.press(.character("<"), .character("<"), .character("<"))
    #expect(app.state.lesson?.index == 0)
    #expect(app.state.message?.contains("first step") == true)
    app.press(.character("g"))
    #expect(app.state.lesson?.index == 1)
  }

  /// The panels that a caption names are not covered, and the table of a new prompt begins with rank 1.
  @Test func nothingLiesOverTheSceneAndItIsShownFromItsTop() throws {
    var app = try open(lesson("One.\nuntil: key >\nprompt: The queen\nTwo."))
    app.press(.character("t"))
    #expect(
      RootView(state: app.state, appearance: Samples.blocks).picture().buffer.text.contains("loop none"))
    app.press(.pageDown, .pageDown, .character(">"))
    #expect(app.state.lesson?.index == 1)
    #expect(app.state.table.firstRank == 1)
  }

  @Test func noCaptionIsPassedOverUnseen() throws {
    var app = try open(lesson("One.\nuntil: step 1\nTwo.\nuntil: step 1\nThree.\nuntil: any key\nFour."))
    app.press(.right)
    #expect(app.state.lesson?.index == 1)
    app.press(.character("x"))
    #expect(app.state.lesson?.index == 2)
    app.send(.resized(Size(columns: 90, rows: 30)))
    app.press(.mouse(.press, Point(2, 2)))
    #expect(app.state.lesson?.index == 2)
    app.press(.function(9))
    #expect(app.state.lesson?.index == 3)
  }

  @Test func escapeTwiceLeavesAndQuitQuits() throws {
    var app = try open(lesson("One.\nuntil: loop\nTwo."))
    app.press(.escape)
    #expect(app.state.lesson != nil)
    #expect(app.state.notice == "Esc once more leaves the lesson")
    app.press(.right, .escape)
    #expect(app.state.lesson != nil)
    app.press(.escape)
    #expect(app.state.lesson == nil)
    #expect(app.state.layout.caption.isEmpty)
    app.press(.character(">"))
    #expect(app.state.message?.contains("no lesson is open") == true)
    app.press(.character("q"))
    #expect(app.effects.contains(.quit))
  }

  @Test func lettersInALineAreNoKeysOfTheLesson() throws {
    var app = try open(lesson("One.\nuntil: key g\nTwo."))
    app.press(.character("e"), .character("g"), .escape, .escape)
    #expect(app.state.lesson?.index == 0)
  }

  @Test func aStepSetsTheSceneAndGoingBackRestoresIt() throws {
    var app = try open(
      lesson(
        """
        prompt: The king
        settings: greedy
        seed: 5
        One.
        until: step 2
        prompt: The queen
        Two.
        until: step 2
        settings: top-k 3
        Three.
        until: kept > 3
        Four.
        """))
    let king = app.lane.promptIDs
    #expect(app.lane.draw.seed == 5)
    app.press(.character("c"), .right, .right)
    #expect(app.state.lesson?.index == 1)
    #expect(app.state.lanes.count == 1)
    #expect(app.lane.promptIDs != king)
    #expect(app.lane.settings.isGreedy)
    app.press(.right, .right)
    #expect(app.state.lesson?.index == 2)
    #expect(app.lane.settings.topK == 3)
    #expect(app.lane.depth == 2, "a knob alone leaves the text as it is")
    app.press(.character("<"), .character("<"))
    #expect(app.lane.promptIDs == king)
    #expect(app.lane.depth == 0)
    #expect(app.lane.settings.isGreedy)
  }

  /// With requests still under way, the old screen must not meet the condition of the new scene.
  @Test func aSceneCountsFromWhenItIsThere() throws {
    var app = try open(
      lesson("One.\nuntil: step 3\nprompt: The queen\nTwo.\nuntil: step 2\nThree."))
    for _ in 0..<3 { app.pressUnanswered(.right) }
    app.deliver()
    #expect(app.state.lesson?.index == 1)
    #expect(app.lane.depth == 0)
    app.pressUnanswered(.right)
    #expect(app.state.lesson?.index == 1)
    app.deliver()
    #expect(app.state.lesson?.index == 1)
    app.press(.right)
    #expect(app.state.lesson?.index == 2)
  }

  @Test func theLastConditionIsTickedOff() throws {
    var app = try open(lesson("One.\nuntil: step 1"))
    app.press(.right)
    #expect(app.state.lesson?.isDone == true)
    let frame = RootView(state: app.state, appearance: Samples.blocks).picture().buffer
    #expect(frame.text.contains("✓"))
  }

  /// Every caption is complete in the smallest window, and all panels are still shown.
  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func theCaptionHasRoom(columns: Int, rows: Int) throws {
    for lesson in try Lesson.builtIn() {
      var app = try open(lesson, size: Size(columns: columns, rows: rows))
      for step in lesson.steps {
        let text = RootView(state: app.state, appearance: Samples.blocks).picture().buffer.text
        for word in step.caption.split(separator: " ") { #expect(text.contains(word)) }
        for panel in ["Text", "Next token", "History", "quit"] { #expect(text.contains(panel)) }
        app.press(.character(">"))
      }
    }
  }
}

import Foundation
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

  /// Those of LessonClaimsTests lead through each.
  @Test func theBuiltInOnesAreThoseOfTheCourse() throws {
    let lessons = try Lesson.builtIn()
    #expect(
      lessons.map(\.name) == [
        "greedy-loops", "temperature", "top-k-vs-top-p", "nucleus", "human-text", "beam-repeats",
        "contrastive", "min-p",
        "order-of-the-chain", "temperature-with-min-p", "one-percent", "typical", "penalties",
      ])
    #expect(
      lessons.map(\.part) == .init(repeating: "basics", count: 7) + .init(repeating: "engineers", count: 6))
    #expect(lessons.allSatisfy { $0.stepCount >= 5 && $0.steps.last?.until == nil })
  }

  /// The one in the documentation is for chat models: others name what is missing, and go on with the text that they have.
  @Test func aChatStepNeedsAChatModel() throws {
    let path = #filePath.replacing(
      "Tests/VisualizerTests/LessonTests.swift", with: "Documentation/base-and-chat.lesson")
    let source = try String(contentsOfFile: path, encoding: .utf8)
    let lesson = try Lesson.parse(source, path: path) { _ in "" }
    #expect(lesson.steps.compactMap(\.scene.prompt).contains(.chat(ChatMessage("The sea is blue because"))))
    var app = try open(lesson)
    let before = app.lane.textIDs
    app.press(.character(">"), .character(">"))
    #expect(app.state.lesson?.index == 2)
    #expect(app.state.message?.contains("chat") == true, "\(app.state.message ?? "no message")")
    #expect(app.lane.textIDs == before)
  }

  /// Of another model its captions may be untrue: that is said at its start, and by the key that opens the next one.
  @Test func aLessonSaysWhichModelItIsFor() throws {
    let written = try lesson("model: organisation/Model-135M@main\nOne.")
    let note = "this lesson was written for organisation/Model-135M@main; of other models it may be untrue"
    func notice(_ name: String, container: String? = nil) throws -> String? {
      var app = AppHarness()
      var card = try #require(app.state.card)
      (card.profile.name, card.profile.container) = (name, container)
      app.state.lesson = LessonRun(written)
      app.send(.engine(.loaded(card)))
      return app.state.notice
    }
    #expect(try notice("storyteller") == note)
    #expect(try notice("Model-135M") == nil)
    #expect(try notice("other/model-135m") == nil)
    #expect(try notice("Model-135M.Q4_1", container: "GGUF") == nil)
    #expect(try notice("Model-135M-Instruct") == note)
    var app = AppHarness(lesson: try lesson("One."), next: [written], storyteller: try storyteller())
    #expect(app.state.notice == nil)
    app.press(.character(">"))
    #expect(app.state.notice == note)
  }

  /// A server that tells too little for a lesson makes its captions untrue: said at once, in one sentence.
  @Test(
    arguments: [
      ("min-p 0.05", 5, "about 100"), ("min-p 0.05", 1000, nil), ("typical-p 0.5", 1000, "all"),
      ("typical-p 0.5", 4096, nil), ("greedy, repetition-penalty 1.3", 4096, "logits"),
    ] as [(String, Int, String?)])
  func aServerThatTellsTooLittleIsNamed(settings: String, ranks: Int, missing: String?) throws {
    let lesson = try lesson("One.\nuntil: any key\nsettings: \(settings)\nTwo.")
    #expect(lesson.missing(ranks: ranks, of: 4096) == missing)
    var app = try open(lesson)
    #expect(app.state.notice == nil)
    var card = try #require(app.state.card)
    card.mostRanks = ranks
    app.send(.engine(.loaded(card)))
    #expect(
      app.state.notice?.contains(missing == "logits" ? "tells no logits" : "needs \(missing ?? "-"):")
        ?? false == (missing != nil))
    #expect(app.state.notice.map { $0.count < 80 } ?? true)
    // The server's own note does not lie over it.
    app.state.phase = .loading(1)
    app.send(.engine(.warning("what falls outside is not known")))
    #expect((app.state.message == nil) == (missing != nil))
  }

  /// Such keys are carried out once the model is there, so they count for the lesson as well.
  @Test(arguments: [("any key", Key.function(9)), ("key g", .character("g")), ("greedy", .character("g"))])
  func aKeyPressedWhileTheModelLoadsCounts(until: String, key: Key) throws {
    let source = try lesson("One.\nuntil: \(until)\nTwo.\nuntil: any key\nThree.")
    let app = AppHarness(lesson: source, storyteller: try storyteller(), early: [key])
    #expect(app.state.lesson?.index == 1)
    let waiting = AppHarness(lesson: source, storyteller: try storyteller(), early: [])
    #expect(waiting.state.lesson?.index == 0)
  }

  /// The same while the engine computes, and with other keys between.
  @Test func aKeyCountsUntilItsStepEnds() throws {
    var app = try open(lesson("One.\nuntil: key > and step 0\nTwo.\nuntil: key n and step 3\nThree."))
    app.press(.character(">"))
    for key in [Key.character("n"), .right, .right, .right] { app.pressUnanswered(key) }
    app.deliver()
    #expect(app.state.lesson?.index == 2)
    var other = try open(lesson("One.\nuntil: key n\nTwo.\nuntil: key n\nThree."))
    other.press(.character("n"))
    other.press(.right)
    #expect(other.state.lesson?.index == 1, "a key counts for one step only")
  }

  @Test func playStopsWhereTheConditionIsMet() throws {
    var app = try open(lesson("One.\nuntil: step 3\nTwo.\nuntil: key Space\nThree.\nuntil: step 6"))
    app.press(.character(" "))
    for _ in 0..<8 { app.send(.tick) }
    #expect(app.state.lesson?.index == 1)
    #expect(app.lane.depth == 3 && !app.state.play.isRunning)
    // The key that the caption asks for still plays.
    app.press(.character(" "))
    #expect(app.state.lesson?.index == 2 && app.state.play.isRunning)
    app.press(.character("+"))
    for _ in 0..<8 { app.send(.tick) }
    #expect(app.lane.depth == 6 && !app.state.play.isRunning)
    #expect(app.state.lesson?.isDone == true)
  }

  @Test func theEndOfALessonLeadsToTheNextOne() throws {
    let second = try lesson("prompt: The queen\nsettings: greedy\nseed: 5\nFour.\nuntil: step 1\nFive.")
    var app = AppHarness(
      lesson: try lesson("One.\nuntil: compare\nTwo."), next: [second], storyteller: try storyteller())
    app.press(.character("c"), .right)
    #expect(app.state.lessonBar?.hasNextLesson == true)
    app.press(.character(">"))
    #expect(app.state.lesson?.lesson == second && app.state.lesson?.index == 0)
    #expect(app.state.notice == "the next lesson: Test")
    #expect(app.state.lanes.count == 1 && app.lane.depth == 0)
    #expect(app.lane.settings.isGreedy && app.lane.draw.seed == 5)
    app.press(.right)
    #expect(app.state.lesson?.index == 1)
    app.press(.character(">"))
    #expect(app.state.message?.contains("last step") == true)
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

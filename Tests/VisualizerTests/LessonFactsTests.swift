import LMCore
import Testing

@testable import Visualizer

@Suite struct LessonFactsTests {
  @Test func withoutALaneNothingHoldsButAnyKey() {
    let facts = LessonFacts(lanes: [], lane: nil, settings: nil)
    #expect(LessonMeasure.allCases.allSatisfy { facts.value(of: $0) == nil })
    #expect(LessonCondition.anyKey.holds(in: facts, pressed: []))
    for condition in [LessonCondition.greedy, .compare, .forced, .loop] {
      #expect(!condition.holds(in: facts, pressed: []))
    }
  }

  @Test func measuresAreThoseOfTheFocusedLane() throws {
    var app = AppHarness()
    app.press(.right, .down, .enter)
    let facts = app.state.lessonFacts
    #expect(facts.value(of: .step) == 2)
    #expect(facts.isNewestForced)
    #expect(facts.value(of: .topK) == .infinity)
    #expect(facts.value(of: .probability) == app.lane.steps[1].before)
    #expect(facts.value(of: .copies) == 0)
    #expect(LessonCondition.forced.holds(in: facts, pressed: []))
  }

  /// A caption that the parser accepts fits into the smallest window.
  @Test func captionsFitTheSmallestWindow() {
    #expect(LessonBar.textWidth(in: MainLayout.minimum.columns) == LessonParser.captionColumns)
  }
}

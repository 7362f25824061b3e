import LMCore
import Testing

@testable import Visualizer

@Suite struct LessonFactsTests {
  @Test func withoutALaneNothingHoldsButAnyKey() {
    let facts = LessonFacts(lanes: [], lane: nil, settings: nil)
    #expect(LessonMeasure.allCases.allSatisfy { facts.value(of: $0) == nil })
    #expect(LessonCondition.anyKey.holds(in: facts, pressed: []))
    for condition in [LessonCondition.ended, .greedy, .compare, .forced, .loop] {
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

  @Test func aTextHasEndedWhereItsNewestTokenEndsTexts() {
    var app = AppHarness()
    app.press(.right)
    var facts = app.state.lessonFacts
    #expect(!facts.isEnded)
    facts.endOfText = [app.lane.steps[0].id]
    #expect(LessonCondition.ended.holds(in: facts, pressed: []))
    app.press(.left)
    facts = LessonFacts(lanes: [app.lane], lane: app.lane, settings: nil, endOfText: facts.endOfText)
    #expect(!facts.isEnded)
  }

  /// A caption that the parser accepts fits into the smallest window.
  @Test func captionsFitTheSmallestWindow() {
    #expect(LessonBar.textWidth(in: MainLayout.minimum.columns) == LessonParser.captionColumns)
  }
}

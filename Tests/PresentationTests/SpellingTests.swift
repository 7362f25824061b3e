import Testing

@testable import Presentation

@Suite struct SpellingTests {
  @Test(arguments: [
    ("generate", "genrate", 1), ("", "abc", 3), ("next", "nxet", 1), ("a", "a", 0), ("ab", "cd", 2),
  ])
  func countsTypingErrors(first: String, second: String, distance: Int) {
    #expect(editDistance(first, second) == distance)
    #expect(editDistance(second, first) == distance)
  }
}

import Presentation
import Testing

@Suite struct TimeTextTests {
  @Test(arguments: [
    (0, "just now"), (59, "just now"), (60, "1 min ago"), (3599, "59 min ago"), (3600, "1 h ago"),
    (86_399, "23 h ago"), (86_400, "yesterday"), (172_800, "2 days ago"),
  ])
  func isSaidInTheLargestUnit(seconds: Int, text: String) {
    #expect(TimeText.ago(seconds: seconds) == text)
  }
}

import Testing

@testable import Visualizer

@Suite struct FrameTests {
  @Test func titlesStandOnTheLine() {
    let frame = Frame(title: "Next token", rightTitle: "ranks 1–20")
    #expect(
      ScreenBuffer.picture(of: frame, columns: 40, rows: 3, with: Samples.blocks).text == """
        ┌─ Next token ──────────── ranks 1–20 ─┐
        │                                      │
        └──────────────────────────────────────┘
        """)
    // Where not both fit, the right one is dropped, then the left one is truncated.
    #expect(
      ScreenBuffer.picture(of: frame, columns: 20, rows: 2, with: Samples.blocks).text.hasPrefix(
        "┌─ Next token ─────┐"))
    #expect(
      ScreenBuffer.picture(of: frame, columns: 12, rows: 2, with: Samples.blocks).text.hasPrefix(
        "┌─ Next … ─┐"))
  }

  @Test func framesThatShareEdgesKeepTheirTitlesAndTheFocus() {
    var screen = ScreenBuffer(size: Size(columns: 12, rows: 5))
    let upper = (frame: Frame(title: "A", isFocused: true), area: Rect(x: 0, y: 0, width: 12, height: 3))
    let lower = (frame: Frame(title: "B"), area: Rect(x: 0, y: 2, width: 12, height: 3))
    for frames in [[upper, lower], [lower, upper]] {
      screen.fill(screen.bounds)
      Frame.draw(frames, into: &screen, with: Samples.blocks)
      #expect(
        screen.text == """
          ┌─ A ──────┐
          │          │
          ├─ B ──────┤
          │          │
          └──────────┘
          """)
      #expect(screen[Point(8, 2)].style == Samples.blocks.theme[.focusedFrame])
      #expect(screen[Point(8, 4)].style == Samples.blocks.theme[.frame])
    }
  }
}

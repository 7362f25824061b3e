import Testing

@testable import Visualizer

@Suite struct HelpOverlayTests {
  private func picture(_ help: HelpOverlay, _ columns: Int, _ rows: Int) -> String {
    ScreenBuffer.picture(of: help, columns: columns, rows: rows, with: Samples.blocks).text
  }

  @Test func twoColumnsWhereThereIsRoom() {
    #expect(
      picture(
        HelpOverlay(entries: Samples.help, footer: "Hold Shift to select text with the mouse."), 100, 14)
          == """

                   ┌─ Keys ─────────────────────────────────────────────────────────── Esc closes ─┐
                   │ Steps                                   Sampler                               │
                   │      → l  step: choose the next token        t T  temperature down, up        │
                   │      ← h  back                               p P  top-p down, up              │
                   │ Home End  first, last step                                                    │
                   │                                         Program                               │
                   │                                                ?  this help                   │
                   │                                                q  quit                        │
                   │                                                                               │
                   │ Hold Shift to select text with the mouse.                                     │
                   └───────────────────────────────────────────────────────────────────────────────┘


          """)
  }

  @Test func oneColumnIsScrolled() {
    #expect(
      picture(HelpOverlay(entries: Samples.help, scroll: 2), 40, 8) == """
        ┌─ Keys ─────── ↑↓ scroll, Esc closes ─┐
        │      ← h  back                       │
        │ Home End  first, last step           │
        │                                      │
        │ Sampler                              │
        │      t T  temperature down, up       │
        │      p P  top-p down, up             │
        └──────────────────────────────────────┘
        """)
  }

  @Test func everyLineCanBeScrolledTo() {
    for rows in 3...20 {
      let area = Rect(x: 0, y: 0, width: 40, height: rows)
      let furthest = HelpOverlay(entries: Samples.help).maximumScroll(in: area)
      let last = picture(HelpOverlay(entries: Samples.help, scroll: furthest), 40, rows)
      #expect(last.contains("quit"), "\(rows)")
      #expect(picture(HelpOverlay(entries: Samples.help, scroll: furthest + 9), 40, rows) == last)
    }
  }

  @Test func coversWhatIsBelow() {
    var screen = ScreenBuffer(size: Size(columns: 60, rows: 20))
    screen.fill(screen.bounds, with: "#")
    HelpOverlay(entries: Samples.help).draw(into: &screen, in: screen.bounds, with: Samples.blocks)
    let inside = screen.text.split(separator: "\n").compactMap { line -> Substring? in
      let parts = line.split(separator: "│")
      return parts.count == 3 ? parts[1] : nil
    }
    #expect(inside.count > 5)
    #expect(!inside.contains { $0.contains("#") })
  }
}

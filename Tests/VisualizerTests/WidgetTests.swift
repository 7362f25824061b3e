import Presentation
import Testing

@testable import Visualizer

/// Invariants of every widget.
@Suite struct WidgetTests {
  /// In windows of every size, and in areas that extend beyond the screen, nothing crashes and nothing is drawn outside.
  @Test func drawsInsideItsAreaWhateverTheSize() {
    for widget in Samples.widgets {
      for (width, height) in [
        (0, 0), (1, 1), (10, 3), (3, 10), (80, 1), (1, 24), (25, 7), (47, 9), (200, 50),
      ] {
        for appearance in [Samples.blocks, Samples.ascii] {
          let area = Rect(x: 2, y: 2, width: width, height: height)
          var screen = ScreenBuffer(size: Size(columns: width + 4, rows: height + 4))
          widget.draw(into: &screen, in: area, with: appearance)
          for y in 0..<screen.size.rows {
            for x in 0..<screen.size.columns where !area.contains(Point(x, y)) {
              if screen[Point(x, y)] != .blank {
                Issue.record("\(type(of: widget)) \(width)x\(height) draws at \(x), \(y)")
              }
            }
          }
          var small = ScreenBuffer(size: Size(columns: 5, rows: 2))
          widget.draw(into: &small, in: area, with: appearance)
        }
      }
    }
  }

  @Test func everySizeUpToAWindow() {
    for widget in Samples.widgets {
      for width in 0...90 {
        for height in [1, 2, 4, 7] {
          let screen = ScreenBuffer.picture(of: widget, columns: width, rows: height, with: Samples.blocks)
          // Every wide character is followed by its second cell.
          for y in 0..<height {
            for (left, right) in zip(screen.row(y), screen.row(y).dropFirst()) where left.width == 2 {
              #expect(right.width == 0)
            }
            #expect(screen.row(y).last?.width != 2)
          }
        }
      }
    }
  }

  /// With the ASCII glyphs, widgets themselves add only ASCII characters.
  @Test func asciiIsASCII() {
    let given = Set(" ␣⏎日本e\u{301}→←–·".unicodeScalars)
    for widget in Samples.widgets {
      let screen = ScreenBuffer.picture(of: widget, columns: 80, rows: 12, with: Samples.ascii)
      let foreign = screen.cells.map(\.scalar).filter { !$0.isASCII && !given.contains($0) }
      #expect(foreign.isEmpty, "\(type(of: widget)): \(foreign)")
    }
  }

  @Test func withoutColourNoCellHasOne() {
    for widget in Samples.widgets {
      let screen = ScreenBuffer.picture(of: widget, columns: 80, rows: 12, with: Samples.ascii)
      #expect(
        screen.cells.allSatisfy { $0.style.foreground == .terminal && $0.style.background == .terminal })
    }
  }

  @Test func eightColoursAreEnough() {
    let appearance = Appearance(depth: .eight, glyphs: .blocks)
    for widget in Samples.widgets {
      let screen = ScreenBuffer.picture(of: widget, columns: 80, rows: 12, with: appearance)
      for cell in screen.cells {
        if case .indexed(let index) = cell.style.foreground { #expect(index < 8) }
        #expect(cell.style.background == .terminal)
      }
    }
  }
}

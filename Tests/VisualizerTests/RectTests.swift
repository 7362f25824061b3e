import Testing

@testable import Visualizer

@Suite struct RectTests {
  @Test func piecesAreTakenFromEachSide() {
    var rest = Rect(x: 10, y: 20, width: 30, height: 12)
    #expect(rest.takeTop(2) == Rect(x: 10, y: 20, width: 30, height: 2))
    #expect(rest.takeBottom(3) == Rect(x: 10, y: 29, width: 30, height: 3))
    #expect(rest.takeLeft(4) == Rect(x: 10, y: 22, width: 4, height: 7))
    #expect(rest.takeRight(5) == Rect(x: 35, y: 22, width: 5, height: 7))
    #expect(rest == Rect(x: 14, y: 22, width: 21, height: 7))
  }

  @Test func noMoreIsTakenThanThereIs() {
    var rest = Rect(x: 0, y: 0, width: 3, height: 2)
    #expect(rest.takeTop(5).height == 2)
    #expect(rest.isEmpty)
    #expect(rest.takeBottom(1).height == 0)
    #expect(rest.takeLeft(-1).width == 0)
    #expect(rest.takeRight(9) == Rect(x: 0, y: 2, width: 3, height: 0))
  }

  @Test func aRectIsNeverNegative() {
    #expect(Rect(x: 0, y: 0, width: -1, height: -5).isEmpty)
    #expect(Rect(x: 0, y: 0, width: 3, height: 3).inset(horizontally: 2, vertically: 2).isEmpty)
    let apart = Rect(x: 0, y: 0, width: 2, height: 2).intersection(Rect(x: 5, y: 5, width: 2, height: 2))
    #expect(apart.isEmpty)
  }

  @Test func containsItsFirstCellsAndNotItsEnds() {
    let rect = Rect(x: 1, y: 1, width: 2, height: 1)
    let inside = [Point(1, 1), Point(2, 1)]
    for y in 0..<4 {
      for x in 0..<4 { #expect(rect.contains(Point(x, y)) == inside.contains(Point(x, y))) }
    }
  }

  @Test func rowsAndCenters() {
    let rect = Rect(x: 2, y: 3, width: 10, height: 4)
    #expect(rect.row(3) == Rect(x: 2, y: 6, width: 10, height: 1))
    #expect(rect.row(4).isEmpty)
    #expect(rect.row(-1).isEmpty)
    #expect(rect.centered(Size(columns: 4, rows: 2)) == Rect(x: 5, y: 4, width: 4, height: 2))
    #expect(rect.centered(Size(columns: 40, rows: 20)) == rect)
  }
}

import Testing

@testable import Visualizer

@Suite struct ThemeTests {
  private static let depths: [ColorDepth] = [.none, .eight, .sixteen, .xterm256]

  @Test(arguments: depths)
  func coloursStayWithinTheDepth(depth: ColorDepth) {
    let theme = Theme(depth: depth)
    let styles =
      ThemeRole.allCases.map { theme[$0] } + [1, 5, 50, 500, 5000].map(theme.rank)
      + (0..<6).map {
        theme.heat(Double($0) / 6)
      } + (0..<4).map(theme.lane)
    for style in styles {
      #expect(style.background == .terminal)
      switch (depth, style.foreground) {
      case (.none, .indexed): Issue.record("a colour where there is none")
      case (.eight, .indexed(let index)), (.sixteen, .indexed(let index)): #expect(index < 8)
      default: break
      }
    }
  }

  /// Roles that stand side by side differ in every depth.
  @Test(arguments: depths)
  func neighboursDiffer(depth: ColorDepth) {
    let theme = Theme(depth: depth)
    let inText: [ThemeRole] = [.generated, .newest, .forced, .loop, .divergence]
    #expect(Set(inText.map { theme[$0] }).count == inText.count)
    #expect(theme[.text] != theme[.removed])
    #expect(theme[.text] != theme[.chosenRow])
    #expect(theme[.text] != theme[.selection])
    #expect(theme[.frame] != theme[.focusedFrame])
    #expect(theme[.key] != theme[.dim])
    #expect(Set([1, 10, 100, 1000, 1001].map { theme.rank($0) }).count == 5)
    #expect(Set((0..<4).map { theme.lane($0) }).count == 4)
  }

  @Test func ranksFallIntoGLTRsSteps() {
    let theme = Theme(depth: .xterm256)
    for (inside, border) in [(2, 10), (11, 100), (101, 1000)] {
      #expect(theme.rank(inside) == theme.rank(border))
      #expect(theme.rank(border) != theme.rank(border + 1))
    }
    #expect(theme.rank(1) != theme.rank(2))
  }

  @Test func heatHasSixStepsAndTakesAnyNumber() {
    let theme = Theme(depth: .xterm256)
    #expect(Set((0...100).map { theme.heat(Double($0) / 100) }).count == Theme.heatSteps)
    #expect(theme.heat(.nan) == theme.heat(0))
    #expect(theme.heat(-.infinity) == theme.heat(0))
    #expect(theme.heat(.infinity) == theme.heat(1))
  }

  @Test(arguments: [
    (0, ColorDepth.none), (7, .none), (8, .eight), (16, .sixteen), (88, .sixteen), (256, .xterm256),
  ])
  func depthsOfTerminals(colors: Int, depth: ColorDepth) {
    #expect(ColorDepth(colors: colors) == depth)
  }
}

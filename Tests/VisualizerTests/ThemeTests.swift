import Testing

@testable import Visualizer

@Suite struct ThemeTests {
  private static let depths: [ColorDepth] = [.none, .eight, .sixteen, .xterm256]

  @Test(arguments: depths)
  func coloursStayWithinTheDepth(depth: ColorDepth) {
    let theme = Theme(depth: depth)
    let styles =
      ThemeRole.allCases.map { theme[$0] } + (0..<5).map(theme.scale)
    for style in styles {
      #expect(style.background == .terminal)
      switch (depth, style.foreground) {
      case (.none, .indexed): Issue.record("a colour where there is none")
      case (.eight, .indexed(let index)), (.sixteen, .indexed(let index)): #expect(index < 8)
      default: break
      }
    }
  }

  /// Roles that can be neighbours differ in every colour depth.
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
    #expect(Set((0..<5).map(theme.scale)).count == 5)
  }

  @Test(arguments: [
    (0, ColorDepth.none), (7, .none), (8, .eight), (16, .sixteen), (88, .sixteen), (256, .xterm256),
  ])
  func depthsOfTerminals(colors: Int, depth: ColorDepth) {
    #expect(ColorDepth(colors: colors) == depth)
  }
}

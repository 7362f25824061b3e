import Presentation
import Testing

@testable import Visualizer

@Suite struct ThemeTests {
  private static let depths: [ColorDepth] = [.none, .eight, .sixteen, .xterm256]

  private static let variants: [Theme.Variant] = [.dark, .light, .neutral, .highContrast]

  @Test(arguments: depths, variants)
  func coloursStayWithinTheDepth(depth: ColorDepth, variant: Theme.Variant) {
    let theme = Theme(depth: depth, variant: variant)
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
  @Test(arguments: depths, variants)
  func neighboursDiffer(depth: ColorDepth, variant: Theme.Variant) {
    let theme = Theme(depth: depth, variant: variant)
    let inText: [ThemeRole] = [.generated, .newest, .forced, .loop, .match, .divergence]
    #expect(Set(inText.map { theme[$0] }).count == inText.count)
    // With high contrast nothing is dim: the sign in a removed token's row tells it.
    #expect(theme[.text] != theme[.removed] || variant == .highContrast)
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

  @Test(
    arguments: [
      (ThemeChoice.auto, nil, Theme.Variant.neutral), (.auto, .dark, .dark), (.auto, .light, .light),
      (.dark, .light, .dark), (.light, nil, .light), (.highContrast, .dark, .highContrast),
    ] as [(ThemeChoice, Background?, Theme.Variant)])
  func aChoiceIsKept(choice: ThemeChoice, background: Background?, variant: Theme.Variant) {
    #expect(Theme.Variant(choice, on: background) == variant)
  }
}

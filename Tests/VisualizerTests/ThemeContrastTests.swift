import Presentation
import Testing

@testable import Visualizer

/// What each theme's colours are worth on the backgrounds that terminals have: ratios of WCAG 2.
@Suite struct ThemeContrastTests {
  private static let dark = [0x000000, 0x1E1E1E, 0x282C34].map { RGB($0) }
  private static let light = [0xFFFFFF, 0xFDF6E3].map { RGB($0) }

  private func contrast(_ one: RGB, _ other: RGB) -> Double {
    let (high, low) = (max(one.luminance, other.luminance), min(one.luminance, other.luminance))
    return (high + 0.05) / (low + 0.05)
  }

  /// Every role and every step, bars and frames among them.
  private func styles(of theme: Theme) -> [(name: String, style: Style)] {
    ThemeRole.allCases.map { ("\($0)", theme[$0]) } + (0..<5).map { ("step \($0)", theme.scale($0)) }
  }

  @Test(
    arguments: [
      (Theme.Variant.dark, dark, 4.5, 3), (.light, light, 4.5, 3), (.neutral, dark + light, 3, 3),
    ] as [(Theme.Variant, [RGB], Double, Double)])
  func coloursCanBeRead(variant: Theme.Variant, backgrounds: [RGB], text: Double, frame: Double) {
    var lines = ["contrast, theme \(variant), on \(backgrounds.map(\.hex).joined(separator: " "))"]
    for (name, style) in styles(of: Theme(depth: .xterm256, variant: variant)) {
      // The others are in the terminal's own colour.
      guard case .indexed(let index) = style.foreground else { continue }
      let ratios = backgrounds.map { contrast(RGB(xterm: index), $0) }
      lines.append(
        "  \(name): \(index) \(RGB(xterm: index).hex)  "
          + ratios.map { "\(($0 * 100).rounded() / 100)" }.joined(separator: "  "))
      // Lines around panels have no meaning.
      for ratio in ratios { #expect(ratio >= (name == "frame" ? frame : text), "\(variant), \(name)") }
    }
    #expect(lines.count > 20)
    print(lines.joined(separator: "\n"))
  }

  /// No colour is better on a background that nobody knows: 4.5 to 1 on black and on white has one grey alone.
  @Test func noColourSuitsEveryBackground() {
    let all = (UInt8(16)...255).filter { index in
      (Self.dark + Self.light).allSatisfy { contrast(RGB(xterm: index), $0) >= 4.5 }
    }
    #expect(all == [])
  }

  /// The terminal's own colours have what contrast the user gave them; nothing is made dimmer.
  @Test(arguments: [ColorDepth.none, .eight, .sixteen, .xterm256])
  func highContrastIsTheTerminalsOwn(depth: ColorDepth) {
    for (name, style) in styles(of: Theme(depth: depth, variant: .highContrast)) {
      #expect(style.foreground == .terminal && style.background == .terminal, "\(name)")
      #expect(!style.attributes.contains(.dim), "\(name)")
    }
  }

  /// With eight or sixteen colours nobody knows how they look: text has none, and bars have one where the background is known.
  @Test(arguments: [ColorDepth.eight, .sixteen], [Theme.Variant.dark, .light, .neutral])
  func fewColoursAreForBars(depth: ColorDepth, variant: Theme.Variant) {
    let bars = Set(["barBefore", "barAfter", "sparkline"])
    let coloured = styles(of: Theme(depth: depth, variant: variant)).filter {
      $0.style.foreground != .terminal
    }
    #expect(Set(coloured.map(\.name)) == (variant == .neutral ? [] : bars))
  }
}

import Testing

@testable import Presentation

@Suite struct BackgroundTests {
  @Test(
    arguments: [
      ("15;0", .dark), ("0;15", .light), ("0;default;15", .light), ("15;default;0", .dark), ("0;7", .light),
      ("7;8", .dark), ("12;6", .dark), ("0;9", .light), ("15;default", nil), ("", nil), ("0;16", nil),
      ("0;-1", nil), ("0;", nil), ("x", nil), ("15", .light),
    ] as [(String, Background?)])
  func readsTheVariable(text: String, background: Background?) {
    #expect(Background(colorFGBG: text) == background)
  }

  @Test(
    arguments: [
      (0x000000, .dark), (0x282C34, .dark), (0x002B36, .dark), (0x757575, .dark), (0x777777, .light),
      (0xFDF6E3, .light), (0xFFFFFF, .light), (0x00FF00, .light), (0x0000FF, .dark),
    ] as [(UInt32, Background)])
  func aColourIsLightWhereBlackReadsBetter(code: UInt32, background: Background) {
    #expect(Background(of: RGB(code)) == background)
  }

  @Test(arguments: [
    (16, "#000000"), (21, "#0000ff"), (105, "#8787ff"), (214, "#ffaf00"), (231, "#ffffff"), (232, "#080808"),
    (255, "#eeeeee"),
  ])
  func xtermsColours(index: Int, hex: String) {
    #expect(RGB(xterm: UInt8(index)).hex == hex)
  }

  @Test func luminanceAndMixture() {
    #expect(RGB(0xFFFFFF).luminance == 1)
    #expect(RGB(0).luminance == 0)
    #expect(abs(RGB(0x808080).luminance - 0.2159) < 0.0001)
    #expect(RGB(0xFF0000).mixed(0.2, over: RGB(0xFFFFFF)).hex == "#ffcccc")
  }
}

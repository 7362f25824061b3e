import Testing

@testable import Presentation

@Suite struct ColorChoiceTests {
  @Test(
    arguments: [
      (ColorChoice.auto, nil, true), (.auto, "", true), (.auto, "1", false), (.always, "1", true),
      (.never, nil, false),
    ] as [(ColorChoice, String?, Bool)])
  func colourIsTheUsersChoice(choice: ColorChoice, noColor: String?, isOn: Bool) {
    #expect(choice.usesColor(noColor: noColor) == isOn)
  }
}

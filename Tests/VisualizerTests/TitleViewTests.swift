import Presentation
import Testing

@testable import Visualizer

@Suite struct TitleViewTests {
  private func title(_ state: AppState, columns: Int) -> String {
    let bar = TitleView(state: state, glyphs: Samples.blocks.glyphs).bar
    return ScreenBuffer.picture(of: bar, columns: columns, rows: 1, with: Samples.blocks).text
  }

  @Test func eightBitsAreSaidWhereTheSizeHasNoRoom() {
    var state = AppHarness().state
    #expect(title(state, columns: 110).contains("fake  1.23K f32  step 0"))
    #expect(!title(state, columns: 66).contains("f32"))
    state.card?.profile.dtype = "int8"
    #expect(title(state, columns: 110).contains("fake  1.23K  int8  step 0"))
    #expect(title(state, columns: 66).contains("int8  step 0"))
  }

  /// A server may tell neither size nor type.
  @Test func whatIsNotKnownLeavesNoBlank() {
    var state = AppHarness().state
    state.card?.profile.parameterCount = 0
    state.card?.profile.dtype = ""
    #expect(title(state, columns: 110).contains("fake  server  step 0"))
  }

  @Test func aPromptIsReadBehindTheModel() {
    var state = AppHarness().state
    (state.card, state.phase) = (nil, .loading(0.42))
    #expect(RootView(state: state, appearance: Samples.blocks).picture().buffer.text.contains("loading fake"))
    state = AppHarness().state
    state.phase = .loading(1)
    let text = RootView(state: state, appearance: Samples.blocks).picture().buffer.text
    #expect(text.contains("reading the prompt  keys pressed now are kept"))
    #expect(!text.contains("100%"))
  }
}

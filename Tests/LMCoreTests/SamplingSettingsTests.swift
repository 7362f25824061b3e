import LMCore
import Testing

@Suite struct SamplingSettingsTests {
  private static func settings(_ change: (inout SamplingSettings) -> Void) -> SamplingSettings {
    var settings = SamplingSettings()
    change(&settings)
    return settings
  }

  @Test(arguments: [
    (settings { _ in }, nil), (settings { $0.topP = 0.9 }, 0.9), (settings { $0.topP = 0 }, 0),
    (settings { ($0.topP, $0.order) = (0.9, .llamaCpp) }, 0.9),
    (settings { ($0.topP, $0.temperature) = (0.9, 0.5) }, nil),
    (settings { ($0.topP, $0.topK) = (0.9, 40) }, nil),
    (settings { ($0.topP, $0.repetitionPenalty) = (0.9, 1.1) }, nil),
  ])
  func knowsWhetherTopPIsAlone(settings: SamplingSettings, p: Double?) {
    #expect(settings.topPAlone == p)
  }
}

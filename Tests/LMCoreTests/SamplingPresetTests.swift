import LMCore
import ModelTestSupport
import Testing

@Suite struct SamplingPresetTests {
  @Test func aChainIsDescribedInWords() throws {
    var expected = SamplingPreset.nucleus95.settings
    (expected.minP, expected.order) = (0.05, .llamaCpp)
    #expect(try SamplingSettings(described: "nucleus, min-p 0.05", order: .llamaCpp) == expected)
    #expect(try SamplingSettings(described: "nucleus,min-p 0.05,order llama.cpp") == expected)
    for (text, error) in [
      ("nucleous", SamplingError.unknownSetting("nucleous")), ("top-k", .unknownSetting("top-k")),
      ("top-k 40, greedy", .unknownSetting("greedy")),
    ] {
      #expect(throws: error) { try SamplingSettings(described: text) }
    }
    #expect(throws: SamplingError.self) { try SamplingSettings(described: "top-p 2") }
  }

  @Test(
    arguments: [
      ("greedy", 0, 0, 1), ("pure", 1, 0, 1), ("temperature-0.9", 0.9, 0, 1), ("t0.7-k40", 0.7, 40, 1),
      ("top-k-40", 1, 40, 1), ("top-k-640", 1, 640, 1), ("nucleus-0.95", 1, 0, 0.95),
      ("nucleus-0.9", 1, 0, 0.9),
      ("nucleus", 1, 0, 0.95),
    ] as [(String, Double, Int, Double)])
  func hasTheSettingsOfItsName(name: String, temperature: Double, topK: Int, topP: Double) throws {
    let expected = SamplingSettings.with { ($0.temperature, $0.topK, $0.topP) = (temperature, topK, topP) }
    #expect(try SamplingPreset.named(name).settings == expected)
  }

  @Test(arguments: [SamplingPreset.llamaCpp, .transformers, .vLLM]) func aSystemHasItsOwnOrder(
    preset: SamplingPreset
  ) throws {
    #expect(preset.hasOwnOrder)
    for order in ChainOrder.allCases { #expect(preset.settings(in: order) == preset.settings) }
    #expect(try SamplingSettings(described: preset.name) == preset.settings)
    #expect(SamplingPreset.nucleus95.settings(in: .vLLM).order == .vLLM)
  }

  @Test func theSystemsDoWhatTheyDoByDefault() throws {
    #expect(
      try SamplerChain(SamplingPreset.llamaCpp.settings).order == [.topK, .topP, .minP, .temperature])
    #expect(try SamplerChain(SamplingPreset.vLLM.settings).order == [])
    var settings = SamplingPreset.transformers.settings
    #expect(settings.isGreedy)
    settings.temperature = 1
    #expect(try SamplerChain(settings).order == [.topK])
  }

  @Test func everyPresetIsValidAndFindsItself() throws {
    #expect(SamplingPreset.all.count == 19)
    for preset in SamplingPreset.all {
      try preset.settings.validate()
      #expect(try SamplingPreset.named(preset.name) == preset)
      #expect(!preset.explanation.isEmpty && !preset.explanation.contains("\n"))
    }
  }

  @Test func anUnknownNameListsThePresets() {
    let error = #expect(throws: SamplingError.unknownPreset("beam")) { try SamplingPreset.named("beam") }
    #expect(error?.description.contains("\"beam\"") == true)
    for preset in SamplingPreset.all { #expect(error?.description.contains(preset.name) == true) }
  }
}

import Testing

@testable import LMCore

@Suite struct KnobDescriptionTests {
  @Test func namesAreThoseOfTransformers() {
    let names = [
      "temperature", "top_k", "top_p", "min_p", "typical_p", "epsilon", "eta", "repetition_penalty",
      "no_repeat_ngram",
    ]
    #expect(StepName.allCases.map(\.rawValue) == names)
    #expect(KnobDescription.all.map(\.name) == names)
  }

  @Test func everyOrderRunsEveryStepOnce() {
    for order in ChainOrder.allCases {
      #expect(order.steps.count == StepName.allCases.count)
      #expect(Set(order.steps) == Set(StepName.allCases))
      #expect(ChainOrder(rawValue: order.rawValue)?.steps == order.steps)
    }
    #expect(ChainOrder(rawValue: "vllm-0") == nil)
  }

  @Test(arguments: StepName.allCases) func isDescribed(step: StepName) throws {
    #expect(StepName(rawValue: step.rawValue) == step)
    for knob in step.knobs {
      let lines = knob.explanation.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.allSatisfy { $0.count <= 90 && $0.hasSuffix(".") })
      #expect(!knob.title.isEmpty && !knob.help.isEmpty)
      #expect(knob.range.contains("\(NumberFormat.shortest(knob.off)) is off"))
      #expect(knob.isOff(in: SamplingSettings()), "off by default")
      #expect(knob.optionName == knob.name.replacing("_", with: "-"))
    }
  }

  /// What is typed, written and read again is the same; no other knob moves.
  @Test(arguments: StepName.allCases) func writesAndReadsAValue(step: StepName) throws {
    for knob in step.knobs {
      var settings = SamplingSettings()
      #expect(knob.set(knob.isWhole ? "3" : "0.925", in: &settings))
      #expect(!knob.isOff(in: settings))
      #expect(knob.text(in: settings) == (knob.isWhole ? "3" : "0.925"))
      #expect(knob.label(in: settings)?.contains(knob.isWhole ? "3" : "0.925") == true)
      #expect(settings.json[knob.name] == knob.json(in: settings))
      for other in KnobDescription.all where other.name != knob.name { #expect(other.isOff(in: settings)) }
      let line = JSON.object([JSON.Member("settings", settings.json)])
      #expect(try TraceFields(line, line: 1).settings("settings") == settings)
      for wrong in ["", "x", knob.isWhole ? "1.5" : "1,5", " 1"] {
        #expect(!knob.set(wrong, in: &settings), "\(knob.name) \(wrong)")
      }
    }
  }

  @Test func onlyTheTemperatureMayBeInfinite() {
    #expect(KnobDescription.all.filter(\.allowsInfinity).map(\.name) == ["temperature"])
    let infinite = SamplingSettings.with { $0.temperature = .infinity }
    #expect(infinite.json["temperature"] == .null)
  }

  @Test func greedyDecodingLooksAtPenaltiesOnly() {
    let settings = SamplingSettings.with { ($0.temperature, $0.order) = (0, .llamaCpp) }
    #expect(settings.chainKnobs.map(\.name) == ["repetition_penalty", "no_repeat_ngram", "temperature"])
    #expect(SamplingSettings().chainKnobs.count == KnobDescription.all.count)
  }
}

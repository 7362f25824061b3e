import ModelTestSupport
import Testing

@testable import LMCore

@Suite struct KnobDescriptionTests {
  @Test func namesAreThoseOfTransformers() {
    let names = [
      "temperature", "top_k", "top_p", "min_p", "typical_p", "epsilon", "eta", "repetition_penalty",
      "no_repeat_ngram",
    ]
    let known = KnobDescription.all.map(\.name).filter(names.contains)
    #expect(Set(known) == Set(names) && known.count == names.count)
  }

  /// As its options are called; an underscore stands for a hyphen.
  @Test func othersAreThoseOfLlamaCpp() {
    let names = [
      "dynatemp_range", "dynatemp_exp", "typical_rule", "top_n_sigma", "top_h", "xtc_probability",
      "xtc_threshold", "repeat_penalty", "repeat_last_n", "frequency_penalty", "presence_penalty",
      "dry_multiplier", "dry_base", "dry_allowed_length", "dry_penalty_last_n", "mirostat", "mirostat_ent",
      "mirostat_lr", "adaptive_target", "adaptive_decay",
    ]
    #expect(Set(names).isSubset(of: KnobDescription.all.map(\.name)))
    #expect(KnobDescription.all.count == 9 + names.count)
  }

  @Test func everyOrderRunsEveryStepOnce() {
    for order in ChainOrder.allCases {
      #expect(order.steps.count == StepName.allCases.count)
      #expect(Set(order.steps) == Set(StepName.allCases))
      #expect(ChainOrder(rawValue: order.rawValue)?.steps == order.steps)
    }
    #expect(ChainOrder(rawValue: "vllm-0") == nil)
  }

  @Test(
    arguments: [
      ("top_k;temperature", "top_k;temperature"), ("top-k, temp", "top_k;temperature"),
      (
        "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature",
        "penalties;dry;top_n_sigma;top_k;typical_p;top_p;min_p;xtc;temperature"
      ), ("adaptive_p;min_p", "min_p;adaptive_p"), ("llama.cpp", "llama.cpp"),
      (ChainOrder.vLLM.steps.map(\.rawValue).joined(separator: ","), "vllm"),
    ])
  func anOrderIsAListOfSteps(text: String, name: String) throws {
    let order = try ChainOrder(parsing: text)
    #expect(order.name == name)
    #expect(ChainOrder(rawValue: order.rawValue) == order)
    let settings = SamplingSettings.with { $0.order = order }
    let line = JSON.object([JSON.Member("settings", settings.json)])
    #expect(try TraceFields(line, line: 1).settings("settings") == settings)
  }

  @Test(
    arguments: [
      ("", SamplingError.unknownOrder("")), (";", .unknownOrder(";")), ("hf;top_k", .unknownOrder("hf")),
      ("top_k;topp", .unknownOrder("topp")), ("top_k;min_p;top-k", .stepTwice(.topK)),
    ])
  func anOrderOfUnknownStepsIsRefused(text: String, error: SamplingError) {
    #expect(throws: error) { try ChainOrder(parsing: text) }
    #expect(error.description.hasSuffix("."))
  }

  @Test(arguments: StepName.allCases) func isDescribed(step: StepName) throws {
    #expect(StepName(rawValue: step.rawValue) == step)
    for knob in step.knobs {
      let lines = knob.explanation.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.allSatisfy { $0.count <= 90 && $0.hasSuffix(".") })
      #expect(!knob.title.isEmpty && !knob.help.isEmpty)
      let standard = knob.words.isEmpty ? NumberFormat.shortest(knob.off) : knob.words[Int(knob.off)]
      #expect(knob.range.contains(standard + (knob.isSwitch ? " is off" : " by default")))
      #expect(knob.isOff(in: SamplingSettings()), "off by default")
      #expect(knob.optionName == knob.name.replacing("_", with: "-"))
    }
  }

  /// What is typed, written and read again is the same; no other knob moves.
  @Test(arguments: StepName.allCases) func writesAndReadsAValue(step: StepName) throws {
    for knob in step.knobs {
      var settings = SamplingSettings()
      let text = knob.words.last ?? knob.example
      #expect(knob.set(text, in: &settings))
      #expect(!knob.isOff(in: settings))
      #expect(knob.text(in: settings) == text)
      #expect(settings.json[knob.name] == knob.json(in: settings))
      for other in KnobDescription.all where other.name != knob.name { #expect(other.isOff(in: settings)) }
      let line = JSON.object([JSON.Member("settings", settings.json)])
      #expect(try TraceFields(line, line: 1).settings("settings") == settings)
      for wrong in ["", "x", knob.isWhole ? "1.5" : "1,5", " 1"] {
        #expect(!knob.set(wrong, in: &settings), "\(knob.name) \(wrong)")
      }
      // What only shapes a step is told once the step is on.
      if !knob.isSwitch {
        #expect(knob.label(in: settings) == nil)
        for other in step.knobs where other.isSwitch { _ = other.set(other.example, in: &settings) }
      }
      if step.isOn(settings) { #expect(knob.label(in: settings)?.contains(text) == true) }
    }
  }

  /// Earlier versions wrote fewer knobs: what is missing is off.
  @Test func aMissingKnobIsOff() throws {
    let line = JSON.object([JSON.Member("settings", ["top_p": JSON(0.9), "order": "hf"])])
    #expect(try TraceFields(line, line: 1).settings("settings") == .with { $0.topP = 0.9 })
  }

  @Test func onlyTheTemperatureMayBeInfinite() {
    #expect(KnobDescription.all.filter(\.allowsInfinity).map(\.name) == ["temperature"])
    let infinite = SamplingSettings.with { $0.temperature = .infinity }
    #expect(infinite.json["temperature"] == .null)
  }

  @Test func greedyDecodingLooksAtPenaltiesOnly() {
    let settings = SamplingSettings.with { ($0.temperature, $0.order) = (0, .llamaCpp) }
    let steps = settings.chainKnobs.filter { $0.isSwitch }.map(\.step)
    #expect(
      Set(steps) == [.repetitionPenalty, .penalties, .noRepeatNgram, .dry, .temperature]
        && steps.last == .temperature)
    #expect(SamplingSettings().chainKnobs.count == KnobDescription.all.count)
  }
}

extension KnobDescription {
  /// A value of its own, as typed.
  fileprivate var example: String { step == .mirostat && isSwitch ? "2" : isWhole ? "3" : "0.925" }
}

import LMCore
import ModelTestSupport
import Testing

@Suite struct SamplerChainTests {
  private static let fixtureNames = [
    "three", "one", "negative", "mixed", "uniform4", "uniform8", "uniform16", "tied_top", "tied_kth",
    "signed_zeros",
    "holes", "one_left", "peaked", "huge", "far_apart", "broad64", "flat100", "broad300", "holes300",
    "gpt2_like",
  ]

  @Test(arguments: fixtureNames) func matchesTransformers(logits name: String) throws {
    let fixture = try SamplerFixture.shared.get()
    let rows = fixture.rows.filter { $0.logits == name }
    #expect(rows.count >= 30)
    for row in rows {
      let settings = try #require(row.samplingSettings)
      let chain = try SamplerChain(settings)
      let result = try chain.apply(to: fixture.values(of: row), history: row.history ?? [])
      if row.counts_only == true {
        #expect(result.keptCount == row.keptIDs.count, "\(row.name)")
      } else {
        #expect(result.keptIDs == row.keptIDs, "\(row.name)")
        let after = result.after
        let difference = zip(row.keptIDs, row.after).map { abs(after[$0] - $1) }.max() ?? 0
        #expect(difference < 1e-12, "\(row.name)")
      }
      #expect(abs(result.entropyAfter - row.entropy) < 1e-9, "\(row.name)")
    }
  }

  @Test func fixtureCoversEveryProcessorAndBothOrders() throws {
    let fixture = try SamplerFixture.shared.get()
    #expect(Set(fixture.logits.keys) == Set(Self.fixtureNames))
    for filter in SamplerChainTests.stepsOfTransformers {
      let alone = fixture.rows.filter { Set($0.settings.keys) == [filter.rawValue] }
      let together = fixture.rows.filter {
        $0.settings[filter.rawValue] != nil && $0.settings["order"] != nil
      }
      #expect(alone.count >= 15, "\(filter)")
      #expect(together.filter { $0.settings["order"]?.text == "hf" }.count > 20, "\(filter)")
      #expect(together.filter { $0.settings["order"]?.text == "llama.cpp" }.count > 20, "\(filter)")
    }
  }

  private static let stepsOfTransformers: [StepName] = [
    .temperature, .topK, .topP, .minP, .typicalP, .epsilon, .eta, .repetitionPenalty, .noRepeatNgram,
  ]

  private static let everything = SamplingSettings.with {
    ($0.temperature, $0.topK, $0.topP, $0.minP, $0.typicalP) = (0.7, 40, 0.9, 0.1, 0.5)
    ($0.epsilon, $0.eta, $0.repetitionPenalty, $0.noRepeatNgram) = (0.1, 0.1, 1.2, 3)
  }

  @Test func runsTheStepsInTheOrderOfTheLibraries() throws {
    var settings = Self.everything
    #expect(
      try SamplerChain(settings).order.map(\.rawValue) == [
        "repetition_penalty", "no_repeat_ngram", "temperature", "top_k", "top_p", "min_p", "typical_p",
        "epsilon",
        "eta",
      ])
    settings.order = .llamaCpp
    #expect(
      try SamplerChain(settings).order.map(\.rawValue) == [
        "repetition_penalty", "no_repeat_ngram", "top_k", "typical_p", "top_p", "min_p", "epsilon", "eta",
        "temperature",
      ])
  }

  @Test(arguments: ChainOrder.allCases)
  func greedyRunsOnlyThePenalties(order: ChainOrder) throws {
    var settings = Self.everything
    (settings.temperature, settings.order) = (0, order)
    #expect(try SamplerChain(settings).order == [.repetitionPenalty, .noRepeatNgram, .temperature])
    settings.noRepeatNgram = 0
    // 2 / 1.2 falls below 1.9: the penalty changes the choice, typical-p does not.
    let result = try SamplerChain(settings).apply(to: [0, 2, 1.9, 1.9], history: [1])
    #expect(result.keptIDs == [2])
    #expect(result.after == [0, 0, 1, 0])
    #expect(result.bindingFilter == .temperature)
    #expect(result.entropyAfter == 0)
  }

  @Test func mirostatRunsAloneInTheOrderOfLlamaCpp() throws {
    var settings = Self.everything
    (settings.mirostat, settings.dryMultiplier, settings.order) = (2, 0.8, .llamaCpp)
    let chain = try SamplerChain(settings)
    #expect(chain.order == [.temperature, .mirostat])
    #expect(chain.ignored.contains(.topK) && chain.ignored.contains(.dry))
    #expect(chain.order.count + chain.ignored.count == 11)
    settings.order = .huggingFace
    #expect(try SamplerChain(settings).ignored == [])
  }

  @Test func aStepOutsideTheOrderDoesNotRun() throws {
    var settings = Self.everything
    settings.order = ChainOrder([.topP, .topK])
    #expect(try SamplerChain(settings).order == [.topP, .topK])
    settings.temperature = 0
    #expect(!settings.isGreedy)
    #expect(try SamplerChain(settings).order == [.topP, .topK])
  }

  @Test func switchedOffStepsDoNotRun() throws {
    #expect(try SamplerChain(SamplingSettings()).order == [])
  }

  @Test func temperatureFirstAndLastKeepDifferentTokens() throws {
    var settings = SamplingSettings.with { ($0.temperature, $0.topP) = (0.5, 0.8) }
    #expect(try SamplerChain(settings).apply(to: [3, 2, 1], history: []).keptIDs == [0])
    settings.order = .llamaCpp
    #expect(try SamplerChain(settings).apply(to: [3, 2, 1], history: []).keptIDs == [0, 1])
  }

  @Test func laterFiltersSeeWhatEarlierOnesLeft() throws {
    // 90 % of the first two tokens' mass is reached by both; 90 % of the whole would need three.
    let logits: [Float] = [1, 0.9, 0.8, 0.7, 0.6]
    let settings = SamplingSettings.with { ($0.topK, $0.topP) = (2, 0.5) }
    let result = try SamplerChain(settings).apply(to: logits, history: [])
    #expect(result.keptIDs == [0])
    #expect(result.removedBy(1) == .topP)
    #expect(result.removedBy(2) == .topK)
    #expect(result.bindingFilter == .topP)
  }

  @Test(
    arguments: [
      (StepName.temperature, [-1, -0.001, -.infinity, .nan]),
      (.topK, [-1, -40]),
      (.topP, [-0.1, 1.001, .infinity, .nan]),
      (.minP, [-0.1, 1.001, .nan]),
      (.typicalP, [0, -1, 1.5, .nan]),
      (.epsilon, [-0.1, 1, 2, .nan]),
      (.eta, [-0.1, 1, 2, .nan]),
      (.repetitionPenalty, [0, -1, .infinity, .nan]),
      (.noRepeatNgram, [-1]), (.topNSigma, [.infinity, .nan]), (.topH, [-0.1, 1.1, .nan]),
      (.xtc, [-0.1, 1.1, .nan]), (.penalties, [0, -1, .infinity, .nan]), (.dry, [-1, .infinity, .nan]),
      (.mirostat, [-1, 3]), (.adaptiveP, [-1.5, 1.5, .nan]),
    ] as [(StepName, [Double])])
  func namesTheRangeOfASettingOutsideIt(step: StepName, values: [Double]) throws {
    let knob = try #require(step.knobs.first)
    for value in values {
      var settings = SamplingSettings()
      settings.set(step, to: value)
      let error = #expect(throws: SamplingError.self) { try settings.validate() }
      let sentence = error?.description ?? ""
      #expect(sentence.hasPrefix("\(knob.title) must be \(knob.range), but it is "))
      #expect(sentence.hasSuffix("."))
    }
  }

  @Test(
    arguments: [
      (StepName.temperature, [0, 1e-300, 1, .infinity]),
      (.topK, [0, 1, 1e9]),
      (.topP, [0, 0.5, 1]),
      (.minP, [0, 0.5, 1]),
      (.typicalP, [1e-300, 0.5, 1]),
      (.epsilon, [0, 0.999]),
      (.eta, [0, 0.999]),
      (.repetitionPenalty, [1e-300, 0.5, 1e300]),
      (.noRepeatNgram, [0, 1, 1e9]), (.topNSigma, [-1, 1e-300, 1e300]), (.topH, [0, 1e-300, 1]),
      (.xtc, [0, 1]), (.penalties, [1e-300, 1e300]), (.dry, [0, 1e300]), (.mirostat, [0, 1, 2]),
      (.adaptiveP, [-1, 0, 1]),
    ] as [(StepName, [Double])])
  func acceptsTheEndsOfEveryRange(filter: StepName, values: [Double]) throws {
    for value in values {
      var settings = SamplingSettings()
      settings.set(filter, to: value)
      let result = try SamplerChain(settings).apply(to: [1, 2, -3, 3, -.infinity], history: [0, 2])
      #expect(abs(result.after.reduce(0, +) - 1) < 1e-15)
      #expect(!result.isKept(4))
    }
  }

  @Test func checksSettingsThatGreedyIgnores() {
    let settings = SamplingSettings.with { ($0.temperature, $0.topP) = (0, 2) }
    let error = SamplingError.settingOutOfRange(
      title: "top-p", range: "between 0 and 1 (1 is off)", value: "2")
    #expect(throws: error) { try SamplerChain(settings) }
  }

  @Test(arguments: [[5], [-1], [0, 1, Int.max]])
  func refusesATextFromAnotherVocabulary(history: [Int]) throws {
    let chain = try SamplerChain(SamplingSettings())
    let error = SamplingError.historyOutsideVocabulary(id: history[history.count - 1], vocabularySize: 5)
    #expect(throws: error) { try chain.apply(to: [1, 2, 3, 4, 5], history: history) }
    #expect(error.description.contains("0 to 4"))
  }

  @Test(arguments: [0.0, 0.7, 1.0, .infinity])
  func saysWhichFilterBannedEverything(temperature: Double) throws {
    let settings = SamplingSettings.with { ($0.noRepeatNgram, $0.temperature) = (1, temperature) }
    let chain = try SamplerChain(settings)
    let error = SamplingError.everythingRemoved(by: .noRepeatNgram)
    #expect(throws: error) { try chain.apply(to: [1, 2, -.infinity], history: [0, 1]) }
    #expect(
      error.description == "no-repeat n-gram removed every token that was left: weaken it or turn it off.")
  }

  @Test func turnedKnobGivesWhatAFreshStepGives() throws {
    let logits: [Float] = [1, 4, 2, 2, 3, 2, -1, 0]
    let chain = try SamplerChain(Self.everything)
    let first = try SamplerChain(SamplingSettings()).apply(to: logits, history: [1, 2])
    let turned = try chain.apply(to: first.belief, history: [1, 2])
    let fresh = try chain.apply(to: logits, history: [1, 2])
    #expect(turned.after == fresh.after)
    #expect(turned.keptMass == fresh.keptMass)
    #expect(turned.filteredMass == fresh.filteredMass)
  }
}

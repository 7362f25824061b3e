import Foundation
import ModelTestSupport
import TestSupport
import Testing

@testable import LMCore

/// A text of a study depends on its prompt, settings and seed alone.
@Suite struct StudyTests {
  private static let prompts = [[3], [3, 1, 4], [9, 2, 6, 5], [3, 1]]

  /// Every preset, and chains whose steps remember something.
  private static let strategies =
    SamplingPreset.all.map { StudyPlan.Strategy(name: $0.name, settings: $0.settings) } + [
      StudyPlan.Strategy(
        name: "mirostat 1, llama.cpp",
        settings: .with { ($0.mirostat, $0.order, $0.seedLike) = (1, .llamaCpp, .llamaCpp) }),
      StudyPlan.Strategy(
        name: "xtc, llama.cpp",
        settings: .with { ($0.xtcProbability, $0.seedLike, $0.topK) = (0.5, .llamaCpp, 9) }),
      StudyPlan.Strategy(
        name: "penalties",
        settings: .with { ($0.repetitionPenalty, $0.noRepeatNgram, $0.adaptiveTarget) = (1.4, 2, 0.3) }),
    ]

  private static let beams = [
    "beam 3", "beam 4, length-penalty -1, early-stopping true, repetition-penalty 1.3",
    "sampled-beam 2, top-p 0.9, early-stopping never", "stochastic-beam 3, top-k 20",
    "diverse-beam 4, groups 2, diversity 1.5, repetition-penalty 1.2",
  ]

  private func predictor(threads: Int = 2) throws -> LocalPredictor {
    let reference = try #require(ReferenceModel.all.first { $0.name == "plain" })
    return LocalPredictor(try Transformer.load(directory: reference.folder, threads: threads))
  }

  private func plan(
    _ strategies: [StudyPlan.Strategy] = strategies, samples: Int? = nil, tokens: Int = 12,
    end: [Int] = [7, 50],
    for predictor: some Predictor
  ) throws -> StudyPlan {
    var profile = predictor.profile
    profile.endOfText = end
    return try StudyPlan(
      strategies, prompts: Self.prompts, sampleCount: samples, tokenCount: tokens, seed: 11, for: profile)
  }

  @Test func everyTextIsThatOfASession() throws {
    let predictor = try predictor()
    let plan = try plan(samples: 6, for: predictor)
    let texts = try Study(plan, predictor, nil, width: 7).run()
    #expect(texts.count == plan.textCount)
    var ended = 0
    for (index, text) in texts.enumerated() {
      let sample = index % 6
      let session = try GenerationSession(
        predictor: predictor, promptIDs: Self.prompts[sample % 4],
        settings: plan.strategies[index / 6].method.sampling,
        seed: 11 + UInt64(sample))
      var ids: [Int] = []
      while ids.count < 12, ids.last.map({ !plan.endOfText.contains($0) }) ?? true {
        ids.append(try session.advance().id)
      }
      let hasEnd = ids.last.map { plan.endOfText.contains($0) } ?? false
      #expect(text.ids == (hasEnd ? ids.dropLast() : ids), "\(plan.strategies[index / 6].name)")
      #expect(text.isEnded == hasEnd)
      let logs = session.steps.map(\.logProbability)
      #expect(zip(text.logProbabilities, logs).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(text.logProbabilities.count == ids.count)
      ended += hasEnd ? 1 : 0
    }
    // Both ways to finish have occurred.
    #expect((1..<texts.count).contains(ended))
    #expect(predictor.textsInUse == 0)
  }

  /// To the bit: batches, threads, what is finished already.
  @Test func nothingElseChangesAText() throws {
    let plan = try plan(samples: 5, for: predictor())
    let expected = try Study(plan, predictor(threads: 1), nil, width: 1).run()
    for width in [2, 3, 16, 200] {
      #expect(try Study(plan, predictor(threads: width % 3 + 1), nil, width: width).run() == expected)
    }
    let some = Dictionary(
      uniqueKeysWithValues: expected.indices.filter { $0 % 3 != 1 }.map { ($0, expected[$0]) })
    var kept: [Int] = []
    #expect(
      try Study(plan, predictor(), nil, width: 4).run(after: some, keep: { index, _ in kept.append(index) })
        == expected)
    #expect(kept.sorted() == expected.indices.filter { $0 % 3 == 1 })
  }

  /// The best text of the search, with the model's own probabilities.
  @Test func beamsAreThoseOfARun() throws {
    let predictor = try predictor()
    let strategies = try Self.beams.map {
      StudyPlan.Strategy(name: $0, method: try DecodingMethod(described: $0))
    }
    let mixed = [strategies[0]] + Self.strategies.prefix(3) + strategies.dropFirst()
    let plan = try plan(mixed, samples: 4, for: predictor)
    let texts = try Study(plan, predictor, nil, width: 1).run()
    for width in [4, 9, 100] {
      #expect(try Study(plan, self.predictor(threads: 1), nil, width: width).run() == texts)
    }
    for (index, text) in texts.enumerated() {
      guard case .beams(var settings) = plan.strategies[index / 4].method else { continue }
      settings.seed = 11 + UInt64(index % 4)
      let run = try BeamRun(
        predictor, promptIDs: Self.prompts[index % 4], settings: settings, limit: 12, endOfText: [7, 50])
      while try run.advance() != nil {}
      let best = try #require(run.search.finished.first)
      #expect(text.ids + (text.isEnded ? [best.hypothesis.ids.last] : []) == best.hypothesis.ids)
      #expect(text.isEnded == best.isEnded && text.logProbabilities == best.hypothesis.logProbabilities)
      var path = TextPath(prompt: Self.prompts[index % 4])
      for (id, logProbability) in zip(best.hypothesis.ids, best.hypothesis.logProbabilities) {
        let own = try predictor.belief(of: predictor.predict(path)).logProbability(of: id)
        #expect(abs(try #require(own) - logProbability) < 1e-5)
        path = TextPath(prompt: path.prompt, generated: path.generated + [id])
      }
    }
    #expect(predictor.textsInUse == 0)
  }

  /// The text of a run, whatever is written with it.
  @Test func contrastiveTextsAreThoseOfARun() throws {
    let predictor = try predictor()
    let strategy = StudyPlan.Strategy(
      name: "contrastive", method: try DecodingMethod(described: "contrastive 3, repetition-penalty 1.1"))
    let plan = try plan([strategy] + Self.strategies.prefix(2), samples: 4, for: predictor)
    let texts = try Study(plan, predictor, nil, width: 1).run()
    for width in [4, 9, 100] {
      #expect(try Study(plan, self.predictor(threads: 1), nil, width: width).run() == texts)
    }
    guard case .contrastive(let settings) = strategy.method else { return }
    for (prompt, text) in zip(Self.prompts, texts) {
      let run = try ContrastiveRun(predictor, promptIDs: prompt, settings: settings)
      var steps: [GenerationStep] = []
      while steps.count < 12, steps.last.map({ ![7, 50].contains($0.id) }) ?? true {
        steps.append(try run.advance().step)
      }
      #expect(text.ids + (text.isEnded ? [steps.last?.id ?? 0] : []) == steps.map(\.id))
      let logs = steps.map(\.logProbability)
      #expect(zip(text.logProbabilities, logs).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(text.logProbabilities.count == logs.count)
    }
    #expect(predictor.textsInUse == 0)
  }

  @Test(arguments: [
    ("beam 4", BeamSettings(width: 4)),
    ("diverse-beam 3", BeamSettings(width: 3, choice: .diverse, groups: 3)),
    (
      "diverse-beam 6, groups 2, diversity 0.8, length-penalty 0",
      BeamSettings(width: 6, lengthPenalty: 0, choice: .diverse, groups: 2, diversity: 0.8)
    ),
    (
      "sampled-beam 2, length-penalty -0.5, early-stopping never, nucleus, top-k 9",
      BeamSettings(
        width: 2, lengthPenalty: -0.5, earlyStopping: .never,
        sampling: .with { ($0.topP, $0.topK) = (0.95, 9) }, choice: .sampled)
    ),
  ])
  func beamsAreDescribed(text: String, settings: BeamSettings) throws {
    #expect(try DecodingMethod(described: text) == .beams(settings))
  }

  @Test(arguments: [
    "beam", "beam 0", "beam 65", "beam four", "beam 4, length-penalty", "beam 4, early-stopping yes",
    "diverse-beam 4, groups 3", "diverse-beam 4, groups 0", "diverse-beam 1", "diverse-beam 4, diversity 0",
    "diverse-beam 4, diversity inf", "beam 4, groups 2", "stochastic-beam 4, diversity 1",
    "stochastic-beam 4, early-stopping true", "sampled-beam 4, temperature 0", "stochastic-beam 4, greedy",
    "sampled-beam 4, mirostat 2", "beam 2, seed-like llama.cpp", "beams 4", "beam 4, top-k -1",
  ])
  func wrongBeamsAreRefused(text: String) {
    #expect(throws: SamplingError.self) { try DecodingMethod(described: text) }
  }

  @Test func progressEndsAtTheWhole() throws {
    let predictor = try predictor()
    let plan = try plan(Array(Self.strategies.prefix(3)), for: predictor)
    var seen: [Study.Progress] = []
    let texts = try Study(plan, predictor, nil, width: 5).run(progress: { seen.append($0) })
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.share <= $1.share && $0.tokens < $1.tokens })
    #expect(seen.last?.share == 1)
    #expect(seen.last?.finishedTexts == 12)
    #expect(seen.last?.tokens == texts.reduce(0) { $0 + $1.logProbabilities.count })
  }

  /// A token of a strategy with three beams is as much work as three others.
  @Test func progressCountsBeams() throws {
    let predictor = FakePredictor()
    let plan = try StudyPlan(
      [
        .init(name: "greedy", settings: .with { $0.temperature = 0 }),
        .init(name: "beam 3", method: .beams(BeamSettings(width: 3))),
      ], prompts: [[1]], tokenCount: 10, seed: 1, for: predictor.profile)
    var shares: [Double] = []
    _ = try Study(plan, predictor, nil, width: 1).run(progress: { shares.append($0.share) })
    #expect(shares.count == 20)
    #expect(shares[0] == 1 / 40 && shares[9] == 1 / 4 && shares[10] == 13 / 40 && shares[19] == 1)
  }

  @Test func aPlanThatCannotBeCarriedOutIsRefused() throws {
    let profile = try predictor().profile
    func make(_ prompts: [[Int]], tokens: Int) throws -> StudyPlan {
      try StudyPlan(
        StudyPlan.strategiesOfThePaper, prompts: prompts, tokenCount: tokens, seed: 1, for: profile)
    }
    #expect(throws: StudyError.noPrompts) { try make([], tokens: 3) }
    // 32 positions: the last token needs none.
    #expect(try make([[1], [1, 2, 3]], tokens: 30).textCount == 16)
    #expect(throws: StudyError.textTooLong(prompt: 2, tokens: 3, tokenCount: 31, context: 32)) {
      try make([[1], [1, 2, 3]], tokens: 31)
    }
    #expect(throws: SamplingError.self) {
      try StudyPlan(
        [.init(name: "hot", settings: .with { $0.temperature = -1 })], prompts: [[1]], tokenCount: 1, seed: 1,
        for: profile)
    }
  }

  @Test func humanTextIsCutAndScored() throws {
    let predictor = try predictor()
    let plan = try plan(samples: 3, tokens: 5, for: predictor)
    let ids = (0..<22).map { 3 * $0 % 100 }
    let study = Study(plan, predictor, nil, width: 1)
    let (texts, mass) = try study.measureHuman(ids)
    #expect(mass.count == 10 && mass.ranks == [1, 2, 5, 10, 20, 40, 100, 101])
    #expect(mass.quantile(0.5, atRank: 101) == 1)
    #expect(mass.quantile(0.1, atRank: 5) <= mass.quantile(0.9, atRank: 5))
    #expect(mass.quantile(0.5, atRank: 1) <= mass.quantile(0.5, atRank: 2))
    // Prompts of 1, 3 and 4 tokens; for the third piece there is not enough.
    #expect(texts.map(\.ids) == [Array(ids[1..<6]), Array(ids[9..<14])])
    let belief = try predictor.belief(of: predictor.predict(TextPath(prompt: Array(ids[6..<10]))))
    let expected = try #require(belief.logProbability(of: ids[10]))
    #expect(abs(texts[1].logProbabilities[1] - expected) < 1e-4)
    #expect(throws: StudyError.humanTextTooShort(tokens: 5, needed: 6)) {
      try study.measureHuman([1, 2, 3, 4, 5])
    }
  }
}

/// The file of an interrupted study.
@Suite struct StudyStateTests {
  private let predictor = FakePredictor()

  private func plan(seed: UInt64 = 5) throws -> StudyPlan {
    try StudyPlan(
      StudyPlan.strategiesOfThePaper, prompts: [[1], [2, 3]], sampleCount: 4, tokenCount: 6, seed: seed,
      for: predictor.profile)
  }

  private struct Stop: Error {}

  /// Stopped after every number of texts, a study comes to the same end.
  @Test func anInterruptedStudyGoesOn() throws {
    let folder = try TemporaryFolder()
    let plan = try plan()
    let study = Study(plan, predictor, nil, width: 3)
    let expected = try study.run()
    var runs = 0
    while runs < 100 {
      runs += 1
      let state = try StudyState(of: plan, predictor.profile, in: folder.path)
      var left = 3
      do {
        let texts = try study.run(
          after: state.texts,
          keep: { index, text in
            try state.append(index, text)
            left -= 1
            if left == 0 { throw Stop() }
          })
        #expect(texts == expected)
        state.remove()
        break
      } catch is Stop { continue }
    }
    #expect(runs > 10 && runs < 100)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aLineThatWasCutOffIsWrittenAgain() throws {
    let folder = try TemporaryFolder()
    let plan = try plan()
    let text = CollectedText(ids: [1, 2], logProbabilities: [-0.1, -.infinity, -1e-300], isEnded: true)
    var path = ""
    do {
      let state = try StudyState(of: plan, predictor.profile, in: folder.path)
      path = state.path
      try state.append(3, text)
      try state.append(8, text)
      #expect(throws: StudyError.stateInUse(path: path)) {
        try StudyState(of: plan, predictor.profile, in: folder.path)
      }
    }
    let whole = try Data(contentsOf: URL(filePath: path))
    let firstLine = try #require(whole.firstIndex(of: 10)) + 1
    for length in [0, 1, firstLine - 1, firstLine, firstLine + 9, whole.count - 1, whole.count] {
      try whole.prefix(length).write(to: URL(filePath: path))
      let state = try StudyState(of: plan, predictor.profile, in: folder.path)
      #expect(state.texts.count == (length < firstLine + 10 ? 0 : length < whole.count ? 1 : 2))
      #expect(state.texts.values.allSatisfy { $0 == text })
      for index in [3, 8] where state.texts[index] == nil { try state.append(index, text) }
      #expect(try Data(contentsOf: URL(filePath: path)) == whole)
    }
  }

  @Test func anotherStudyHasAnotherFile() throws {
    let folder = try TemporaryFolder()
    let first = try StudyState(of: plan(), predictor.profile, in: folder.path)
    try first.append(0, CollectedText(ids: [1], logProbabilities: [-1], isEnded: false))
    let second = try StudyState(of: plan(seed: 6), predictor.profile, in: folder.path)
    #expect(first.path != second.path && second.texts.isEmpty)
  }

  @Test(arguments: [
    "{}", "nonsense", #"{"index":99,"ids":[],"logprobs":[],"ended":false}"#,
    #"{"index":0,"ids":[1],"logprobs":[],"ended":false}"#,
    #"{"index":0,"ids":["a"],"logprobs":[1],"ended":false}"#,
  ])
  func aDamagedFileIsSaid(line: String) throws {
    let folder = try TemporaryFolder()
    let path = try StudyState(of: plan(), predictor.profile, in: folder.path).path
    let text = try String(contentsOfFile: path, encoding: .utf8) + line + "\n"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(throws: StudyError.stateUnusable(path: path, reason: "it is damaged; delete it to begin anew")) {
      try StudyState(of: plan(), predictor.profile, in: folder.path)
    }
  }
}

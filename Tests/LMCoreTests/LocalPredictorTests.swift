import ModelTestSupport
import Testing

@testable import LMCore

/// One text has one prediction, to the bit, by whatever way its keys and values came into memory.
@Suite struct LocalPredictorTests {
  private static let variants = ["plain", "f16", "heads-of-5", "long"]
  private static let precisions: [Precision] = [.float32, .int8]

  private func predictor(_ name: String, _ precision: Precision = .float32) throws -> LocalPredictor {
    let reference = try #require(ReferenceModel.all.first { $0.name == name })
    return LocalPredictor(try Transformer.load(directory: reference.folder, threads: 2, precision: precision))
  }

  private func state(_ prediction: Prediction) -> [Float] {
    if case .hidden(let state) = prediction.content { state } else { [] }
  }

  /// What a predictor that has read nothing else answers.
  private func fresh(_ name: String, _ precision: Precision, _ text: TextPath) throws -> [Float] {
    state(try predictor(name, precision).predict(text))
  }

  /// Texts of a few prompts that share beginnings of every length.
  private func anyText(_ random: inout RandomSource, _ size: Int) -> TextPath {
    let prompts = [[3], [3, 1, 4], [3, 1, 4, 1, 5], [9, 2, 6]]
    let prompt = prompts.randomElement(using: &random) ?? [3]
    let count = Int.random(in: 0..<12, using: &random)
    return TextPath(
      prompt: prompt,
      generated: (0..<count).map { (7 * $0 + (Int.random(in: 0..<6, using: &random) == 0 ? 1 : 0)) % size })
  }

  @Test(arguments: variants, precisions)
  func samePromptCutSameBits(_ name: String, _ precision: Precision) throws {
    let (predictor, model) = (try predictor(name, precision), try predictor(name, precision).model)
    let (prompt, generated) = ([3, 1, 4, 1, 5, 9, 2], [6, 5, 3, 5])
    // The transformer itself: the prompt in one piece, the other tokens one by one.
    let cache = model.makeCache()
    var hidden: [Float] = []
    model.prefill(prompt, into: cache, hidden: &hidden)
    for id in generated { model.decode([id], into: [cache], hidden: &hidden) }
    let text = TextPath(prompt: prompt, generated: generated)
    #expect(firstBitDifference(state(try predictor.predict(text)), hidden) == nil)
    // Asked again, asked step by step, and asked behind another text.
    #expect(firstBitDifference(state(try predictor.predict(text)), hidden) == nil)
    predictor.forgetTexts()
    for count in 0..<generated.count {
      _ = try predictor.predict(TextPath(prompt: prompt, generated: Array(generated[..<count])))
    }
    #expect(firstBitDifference(state(try predictor.predict(text)), hidden) == nil)
    _ = try predictor.predict(TextPath(prompt: prompt, generated: [6, 5, 8, 8, 8, 8, 8]))
    #expect(firstBitDifference(state(try predictor.predict(text)), hidden) == nil)
  }

  /// Sizes on both sides of the numbers of rows at which products go another way.
  @Test(arguments: ["plain", "f16", "wide"], precisions)
  func aBatchOfAnySizeHasTheBitsOfSingleTexts(_ name: String, _ precision: Precision) throws {
    let (together, alone) = (try predictor(name, precision), try predictor(name, precision))
    let size = together.profile.vocabularySize
    let texts = (0..<40).map { TextPath(prompt: [$0 % 7, 3], generated: [($0 * 5 + 1) % size, $0 % size]) }
    let expected = try texts.map { state(try alone.predict($0)) }
    let beliefs = try texts.map { try alone.belief(of: alone.predict($0)) }
    together.textsInUse = texts.count
    for count in [2, 5, 6, 7, 8, 13, 23, 24, 25, 31, 40] {
      let predictions = try together.predict(Array(texts[..<count])) { false }
      for (prediction, expected) in zip(predictions, expected) {
        #expect(firstBitDifference(state(prediction), expected) == nil, "\(count) texts")
      }
      for (belief, expected) in zip(try together.beliefs(of: predictions), beliefs) {
        #expect(
          (1...size).allSatisfy { belief.row(atRank: $0) == expected.row(atRank: $0) }, "\(count) texts")
      }
    }
  }

  /// Random texts, alone and in batches, with room for one, two or three at once: contexts are cut back, copied, evicted and
  /// read again.
  @Test(arguments: 0..<12, precisions)
  func aPoolThatEvictsAndReadsAgainGivesTheSameBits(seed: UInt64, _ precision: Precision) throws {
    let name = Self.variants[Int(seed) % 3]
    let predictor = try predictor(name, precision)
    var random = RandomSource(seed: seed)
    var expected: [TextPath: [Float]] = [:]
    for _ in 0..<25 {
      predictor.textsInUse = Int.random(in: 0...3, using: &random)
      let texts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        anyText(&random, predictor.profile.vocabularySize)
      }
      if Int.random(in: 0..<4, using: &random) == 0 {
        var asked = 0
        let limit = Int.random(in: 0..<8, using: &random)
        _ = try? predictor.predict(texts) {
          asked += 1
          return asked > limit
        }
      }
      let predictions = try predictor.predict(texts) { false }
      for (text, prediction) in zip(texts, predictions) {
        let alone = try expected[text] ?? fresh(name, precision, text)
        expected[text] = alone
        #expect(firstBitDifference(state(prediction), alone) == nil, "\(text)")
      }
    }
  }

  @Test func everyPositionIsThePredictionOfTheTextThatEndsThere() throws {
    let predictor = try predictor("f16")
    let ids = [3, 1, 4, 1, 5, 9]
    var positions: [Int] = []
    try predictor.predictEach(of: ids, exactly: true) { position, prediction in
      positions.append(position)
      let alone = try predictor.predict(TextPath(prompt: Array(ids[...position])))
      #expect(firstBitDifference(state(prediction), state(alone)) == nil)
      let (a, b) = (try predictor.belief(of: prediction), try predictor.belief(of: alone))
      #expect(a.entropy == b.entropy)
      let score = try predictor.score(of: 7, in: prediction)
      #expect(score.rank == b.rank(of: 7))
    }
    #expect(positions == Array(ids.indices))
    var together: [TokenScore] = []
    try predictor.predictEach(of: ids, exactly: false) { position, prediction in
      together.append(try predictor.score(of: 7, in: prediction))
    }
    for (position, score) in together.enumerated() {
      let alone = try predictor.predict(TextPath(prompt: Array(ids[...position])))
      #expect(abs(score.logProbability - (try predictor.score(of: 7, in: alone)).logProbability) < 1e-4)
    }
  }

  @Test func aTextThatCannotBeReadIsAnError() throws {
    let predictor = try predictor("plain")
    let size = predictor.profile.vocabularySize
    let limit = predictor.profile.contextLength
    #expect(throws: PredictorError.tokenOutOfRange(id: size, vocabularySize: size)) {
      try predictor.predict(TextPath(prompt: [1, size]))
    }
    #expect(throws: PredictorError.tokenOutOfRange(id: -1, vocabularySize: size)) {
      try predictor.predict(TextPath(prompt: [1], generated: [-1]))
    }
    let long = TextPath(prompt: [1], generated: Array(repeating: 2, count: limit))
    #expect(throws: PredictorError.textTooLong(tokens: limit + 1, limit: limit)) {
      try predictor.predict(long)
    }
    #expect(throws: PredictorError.textTooLong(tokens: limit + 1, limit: limit)) {
      try predictor.predictEach(of: long.ids, exactly: true) { _, _ in }
    }
    #expect(throws: PredictorError.cancelled) { try predictor.predict([TextPath(prompt: [1, 2])]) { true } }
    #expect(throws: PredictorError.lacks(.everyPosition)) {
      try FakePredictor().predictEach(of: [1], exactly: true) { _, _ in }
    }
  }

  /// As many caches as texts are written at once, and one where that is one.
  @Test func thePoolIsNoLargerThanTheTextsInUse() {
    let store = CacheBlockStore(layerCount: 1, width: 4)
    var pool = ContextPool { KVCache(store, capacity: 16) }
    func read(_ texts: [TextPath], keeping limit: Int) {
      for (text, context) in zip(texts, pool.take(for: texts, keeping: limit)) {
        #expect(context.cache.tokens == Array(text.ids.prefix(context.cache.count)))
        context.cache.reserve(text.count - context.cache.count)
        if context.promptCount == 0 {
          context.cache.append(text.prompt)
          context.notePrompt(state: [Float(text.prompt[0])])
        }
        context.cache.append(text.ids.dropFirst(context.cache.count))
      }
    }
    let prompt = [3, 1, 4]
    func text(_ generated: Int...) -> TextPath { TextPath(prompt: prompt, generated: generated) }
    read([TextPath(prompt: prompt)], keeping: 0)
    #expect(pool.promptState(of: prompt) == [3])
    read([text(1)], keeping: 1)
    read([text(1, 2)], keeping: 1)
    // Another way behind the first token: cut back.
    read([text(1, 7)], keeping: 1)
    #expect(pool.contexts.map(\.cache.tokens) == [[3, 1, 4, 1, 7]])
    // Two at once: the longer beginning goes on, the other one is copied.
    read([text(1, 7, 1), text(1, 8)], keeping: 2)
    #expect(pool.contexts.map(\.cache.tokens) == [[3, 1, 4, 1, 7, 1], [3, 1, 4, 1, 8]])
    // The second text goes on where the second context ends, whatever the first one does.
    read([text(1, 7, 5), text(1, 8, 2), text(1, 7, 1, 4)], keeping: 3)
    #expect(
      pool.contexts.map(\.cache.tokens) == [[3, 1, 4, 1, 7, 1, 4], [3, 1, 4, 1, 8, 2], [3, 1, 4, 1, 7, 5]])
    read([text(1, 7), text(1, 8)], keeping: 2)
    // A third is kept while two others go on, and is found again.
    read([text(5), text(6)], keeping: 3)
    read([text(5, 5), text(6, 6)], keeping: 3)
    #expect(pool.contexts.count == 3)
    read([text(1, 8, 1)], keeping: 1)
    #expect(pool.contexts.map(\.cache.tokens) == [[3, 1, 4, 1, 8, 1]])
    // Another prompt takes the place.
    read([TextPath(prompt: [3], generated: [1, 4])], keeping: 1)
    #expect(pool.contexts.map(\.cache.tokens) == [[3, 1, 4]])
    #expect(pool.promptState(of: prompt) == nil)
    #expect(pool.promptState(of: [3]) == [3])
  }
}

/// The transformer in this process as a source of predictions.
///
/// Keeps the key-value cache of each text in use, so that its next token costs one decode step.
public final class LocalPredictor: Predictor {
  /// The model that computes the predictions.
  package let model: Transformer
  private var pool: ContextPool
  private var hidden: [Float] = []

  public var textsInUse = 0

  package init(_ model: Transformer) {
    self.model = model
    pool = ContextPool(makeCache: model.makeCache)
  }

  public var profile: ModelProfile { model.profile }

  public func predict(
    _ texts: [TextPath], unless isCancelled: () -> Bool
  ) throws(PredictorError) -> [Prediction] {
    for text in texts { try check(text.prompt, text.generated) }
    var states = texts.map { $0.generated.isEmpty ? pool.promptState(of: $0.prompt) : nil }
    let unread = texts.indices.filter { states[$0] == nil }
    let contexts = pool.take(for: unread.map { texts[$0] }, keeping: textsInUse)
    var batch: [(index: Int, cache: KVCache)] = []
    for (index, context) in zip(unread, contexts) {
      let text = texts[index]
      try read(text, into: context, unless: isCancelled)
      if text.generated.isEmpty {
        states[index] = context.promptState
      } else {
        batch.append((index, context.cache))
      }
    }
    if !batch.isEmpty {
      let last = batch.map { texts[$0.index].generated.last ?? 0 }
      guard model.decode(last, into: batch.map(\.cache), hidden: &hidden, unless: isCancelled) else {
        throw .cancelled
      }
      let width = model.hiddenSize
      for (row, place) in batch.enumerated() {
        states[place.index] = Array(hidden[row * width..<(row + 1) * width])
      }
    }
    return states.compactMap { $0.map { Prediction(.hidden($0)) } }
  }

  /// Reads the tokens of a text that the context lacks, except the last generated token.
  private func read(
    _ text: TextPath, into context: ContextPool.Context, unless isCancelled: () -> Bool
  ) throws(PredictorError) {
    let cache = context.cache
    if context.promptCount == 0 {
      guard model.prefill(text.prompt, into: cache, hidden: &hidden, unless: isCancelled) else {
        throw .cancelled
      }
      context.notePrompt(state: hidden)
    }
    // One by one, as they were read before: otherwise the last bits could differ.
    for id in text.generated.dropLast().dropFirst(cache.count - text.prompt.count)
    where !model.decode([id], into: [cache], hidden: &hidden, unless: isCancelled) { throw .cancelled }
  }

  public func predictEach(
    of ids: [Int], exactly: Bool, _ body: (_ position: Int, _ prediction: Prediction) throws -> Void
  ) throws {
    guard !ids.isEmpty else { return }
    try check(ids)
    var states: [Float] = []
    model.prefill(ids, into: model.makeCache(), everyHidden: &states)
    let width = model.hiddenSize
    if exactly {
      for position in ids.indices {
        try body(position, Prediction(.hidden(Array(states[position * width..<(position + 1) * width]))))
      }
      return
    }
    // In groups: the logits of all positions of a long text would take hundreds of megabytes.
    let rowsTogether = 32
    var logits: [Float] = []
    for first in stride(from: 0, to: ids.count, by: rowsTogether) {
      let last = min(first + rowsTogether, ids.count)
      model.computeLogitsTogether(Array(states[first * width..<last * width]), into: &logits)
      for position in first..<last {
        let row = (position - first) * model.vocabularySize
        try body(position, Prediction(.logits(Array(logits[row..<row + model.vocabularySize]))))
      }
    }
  }

  public func belief(of prediction: Prediction) throws -> Belief {
    switch prediction.content {
    case .belief(let belief): return belief
    case .kept: preconditionFailure("a prediction is read by the predictor that made it")
    case .logits(let logits): return try Belief(logits)
    case .hidden(let state):
      var logits: [Float] = []
      model.computeLogits(state, into: &logits)
      return try Belief(logits)
    }
  }

  /// In one product where all are predictions of `predict`: the weights are read once. The threads rank a belief each.
  public func beliefs(of predictions: [Prediction]) throws -> [Belief] {
    let areHidden = predictions.allSatisfy { if case .hidden = $0.content { true } else { false } }
    guard areHidden, predictions.count > 1 else { return try predictions.map { try belief(of: $0) } }
    var logits: [Float] = []
    computeLogits(of: predictions, into: &logits)
    return try logits.withUnsafeBufferPointer { logits in
      try withUnsafeTemporaryAllocation(
        of: Result<Belief, SamplingError>?.self, capacity: predictions.count
      ) { results in
        results.initialize(repeating: nil)
        defer { results.deinitialize() }
        var ranking = Ranking(logits: logits, vocabularySize: model.vocabularySize, results: results)
        model.pool.run(chunks: predictions.count, &ranking) { raw, chunk, _ in
          raw.assumingMemoryBound(to: Ranking.self).pointee.rank(chunk)
        }
        return try results.compactMap { try $0?.get() }
      }
    }
  }

  /// Logits [T, V] to be ranked, and the beliefs [T] that come of them.
  private struct Ranking {
    let logits: UnsafeBufferPointer<Float>
    let vocabularySize: Int
    let results: UnsafeMutableBufferPointer<Result<Belief, SamplingError>?>

    func rank(_ row: Int) {
      let logits = Array(logits[row * vocabularySize..<(row + 1) * vocabularySize])
      results[row] = Result { () throws(SamplingError) in try Belief(logits) }
    }
  }

  /// The logits [T, V] behind T predictions of `predict`, in one product; unranked.
  package func computeLogits(of predictions: [Prediction], into logits: inout [Float]) {
    let states = predictions.flatMap { prediction in
      if case .hidden(let state) = prediction.content { state } else { [Float]() }
    }
    precondition(states.count == predictions.count * model.hiddenSize, "each prediction is a hidden state")
    model.computeLogits(states, into: &logits)
  }

  /// Forgets all texts, so that they are read again; their memory is reused.
  package func forgetTexts() { pool.clear() }
}

extension LocalPredictor: HiddenStateSource {
  public func hiddenStates(of ids: [Int]) throws(PredictorError) -> [[Float]] {
    guard !ids.isEmpty else { return [] }
    try check(ids)
    var states: [Float] = []
    model.prefill(ids, into: model.makeCache(), everyHidden: &states)
    let width = model.hiddenSize
    return ids.indices.map { Array(states[$0 * width..<($0 + 1) * width]) }
  }

  public func hiddenState(of prediction: Prediction) -> [Float] {
    guard case .hidden(let state) = prediction.content else {
      preconditionFailure("a prediction is read by the predictor that made it")
    }
    return state
  }
}

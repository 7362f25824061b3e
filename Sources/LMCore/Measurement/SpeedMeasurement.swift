/// How fast a model is here and now: every figure the median of several passes, those that are compared taken in turns.
///
/// A decode step is one token's way from id to logits: what `predict` does, and the product with lm_head.
public final class SpeedMeasurement {
  public struct Decoding: Equatable, Sendable {
    /// With a short text in the cache.
    public var tokensPerSecond = 0.0
    /// lm_head's share of a step's time.
    public var outputShare = 0.0
    /// Steps of two lanes at once, each with a text of its own.
    public var twoLaneStepsPerSecond = 0.0
    /// The time of two lanes' step, in steps of one lane.
    public var twoLaneCost = 0.0
    /// What all threads together read in the same seconds.
    public var readBandwidth = 0.0
    /// A step's bytes of weights over its time, in shares of the bandwidth.
    public var fractionOfLimit = 0.0

    public init() {}
  }

  private let predictor: LocalPredictor
  private var logits: [Float] = []

  /// Measures a predictor that nobody else uses meanwhile.
  public init(_ predictor: LocalPredictor) {
    self.predictor = predictor
    predictor.textsInUse += 1
  }

  deinit { predictor.textsInUse -= 1 }

  /// Tokens a second when `count` tokens are read at once, up to the logits behind the last: five passes, or three where
  /// those take long.
  public func prefill(
    count: Int, progress: (Double) -> Void = { _ in }
  ) throws(PredictorError) -> Double {
    let text = TextPath(prompt: (0..<count).map { $0 % predictor.profile.vocabularySize })
    var times: [Double] = []
    repeat {
      times.append(try step([text]))
      progress(Double(times.count) / 5)
    } while times.count < 3 || times.count < 5 && times.reduce(0, +) < 20
    return Double(count) / Self.median(times)
  }

  /// - Parameters:
  ///   - seconds: about how long to measure, but at least five passes.
  ///   - progress: called with 0...1.
  public func decoding(
    seconds: Double, progress: (Double) -> Void = { _ in }
  ) throws(PredictorError) -> Decoding {
    let model = predictor.model
    // Two lanes are measured here alone: elsewhere a second cache would only take memory.
    predictor.textsInUse += 1
    defer { predictor.textsInUse -= 1 }
    let bytes = Double(model.bytesPerStep)
    let reader = MemoryBandwidth(threads: model.threadCount, hasLargePages: model.precision == .int8)
    let count = min(3, model.contextLength - 1)
    let texts = [text(1..<1 + count, then: 8), text(5..<5 + count, then: 9)]
    let state = [try predictor.predict(texts[0])]
    var (rates, ones, outputs, twos): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    let start = MonotonicClock.seconds
    repeat {
      // The first pass of each is no measure: caches and threads are cold.
      rates.append(reader.measure())
      // The reader's numbers fill the caches; steps follow steps.
      _ = try step([texts[0]])
      ones.append(try step([texts[0]]))
      outputs.append(MonotonicClock.seconds { predictor.computeLogits(of: state, into: &logits) })
      twos.append(try step(texts))
      progress(min((MonotonicClock.seconds - start) / seconds, 1))
    } while ones.count < 6 || MonotonicClock.seconds - start < seconds && ones.count < 500
    (rates, ones) = (Array(rates.dropFirst()), Array(ones.dropFirst()))
    (outputs, twos) = (Array(outputs.dropFirst()), Array(twos.dropFirst()))
    var result = Decoding()
    result.tokensPerSecond = 1 / Self.median(ones)
    result.outputShare = Self.median(outputs) / Self.median(ones)
    result.twoLaneStepsPerSecond = 1 / Self.median(twos)
    result.twoLaneCost = Self.median(zip(twos, ones).map { $0 / $1 })
    result.readBandwidth = Self.median(rates)
    result.fractionOfLimit = Self.median(zip(rates, ones).map { bytes / $1 / $0 })
    return result
  }

  /// Tokens a second with the context full but for one position.
  public func decodingAtTheEnd(passes: Int = 15) throws(PredictorError) -> Double {
    let last = text(0..<predictor.profile.contextLength - 1, then: 0)
    var times: [Double] = []
    _ = try step([last])
    for _ in 0..<passes { times.append(try step([last])) }
    return 1 / Self.median(times)
  }

  /// A prompt of `ids` and one generated token; that token alone where the context has no more places.
  private func text(_ ids: Range<Int>, then next: Int) -> TextPath {
    let vocabularySize = predictor.profile.vocabularySize
    let (prompt, next) = (ids.map { $0 % vocabularySize }, next % vocabularySize)
    return prompt.isEmpty ? TextPath(prompt: [next]) : TextPath(prompt: prompt, generated: [next])
  }

  /// The time of one step. A generated token that is asked for again is read again; a prompt has to be forgotten first.
  private func step(_ texts: [TextPath]) throws(PredictorError) -> Double {
    if texts.contains(where: { $0.generated.isEmpty }) { predictor.forgetTexts() }
    let start = MonotonicClock.seconds
    predictor.computeLogits(of: try predictor.predict(texts) { false }, into: &logits)
    return MonotonicClock.seconds - start
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

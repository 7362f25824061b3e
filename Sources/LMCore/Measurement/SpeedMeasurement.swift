/// Measurement of a model's speed on this machine. Each figure is the median of several passes; figures that are compared
/// are measured alternately.
///
/// A decode step is the computation from one token id to the logits: `predict`, and the product with lm_head.
public final class SpeedMeasurement {
  /// The speed of decode steps.
  public struct Decoding: Equatable, Sendable {
    /// Tokens a second, with a short text in the cache.
    public var tokensPerSecond = 0.0
    /// lm_head's share of a step's time, in 0...1.
    public var outputShare = 0.0
    /// Steps a second of two lanes together, each with a text of its own.
    public var twoLaneStepsPerSecond = 0.0
    /// The time of a step of two lanes, as a multiple of the time of one lane's.
    public var twoLaneCost = 0.0
    /// Bytes a second that all threads together read, measured between the steps.
    public var readBandwidth = 0.0
    /// The weights' bytes a second of a step, as a fraction of `readBandwidth`.
    public var fractionOfLimit = 0.0

    /// A result with all figures 0.
    public init() {}
  }

  let predictor: LocalPredictor
  private var logits: [Float] = []

  /// A measurement of this predictor, which must not be used otherwise meanwhile.
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

  /// Measures decode steps of one and of two lanes, and the memory bandwidth.
  ///
  /// - Parameters:
  ///   - seconds: the approximate duration; at least five passes are made.
  ///   - progress: called with the share that is done, in 0...1.
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
      // The first pass of each is dropped: caches and threads are cold.
      rates.append(reader.measure())
      // The reader has filled the caches with its own data: one step is made before one is measured.
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

  /// Tokens a second where a text has `count` tokens, 1 to the context's length.
  public func decoding(at count: Int, passes: Int = 15) throws(PredictorError) -> Double {
    let last = text(0..<count - 1, then: 0)
    var times: [Double] = []
    _ = try step([last])
    for _ in 0..<passes { times.append(try step([last])) }
    return 1 / Self.median(times)
  }

  /// A prompt of `ids` and one generated token; that token alone where the context has one position.
  func text(_ ids: Range<Int>, then next: Int) -> TextPath {
    let vocabularySize = predictor.profile.vocabularySize
    let (prompt, next) = (ids.map { $0 % vocabularySize }, next % vocabularySize)
    return prompt.isEmpty ? TextPath(prompt: [next]) : TextPath(prompt: prompt, generated: [next])
  }

  /// The time of one step, in seconds. A generated token is read again each time; a prompt must be forgotten first.
  func step(_ texts: [TextPath]) throws(PredictorError) -> Double {
    if texts.contains(where: { $0.generated.isEmpty }) { predictor.forgetTexts() }
    let start = MonotonicClock.seconds
    predictor.computeLogits(of: try predictor.predict(texts) { false }, into: &logits)
    return MonotonicClock.seconds - start
  }

  static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

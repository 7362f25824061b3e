import Glibc

/// How fast a model is here and now: every figure the median of several passes, those that are compared taken in turns.
///
/// A decode step is one token's way from id to logits: what `decode` and `computeLogits` do.
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

  private let model: GPT2Model
  private let cache: KVCache
  private var hidden: [Float] = []
  private var logits: [Float] = []

  public init(_ model: GPT2Model) {
    self.model = model
    cache = model.makeCache()
  }

  /// Tokens a second when `count` tokens are read at once, up to the logits behind the last: five passes, or three where
  /// those take long.
  public func prefill(count: Int, progress: (Double) -> Void = { _ in }) -> Double {
    let tokens = (0..<count).map { $0 % model.vocabularySize }
    var times: [Double] = []
    repeat {
      cache.truncate(to: 0)
      times.append(
        MonotonicClock.seconds {
          model.prefill(tokens, into: cache, hidden: &hidden)
          model.computeLogits(hidden, into: &logits)
        })
      progress(Double(times.count) / 5)
    } while times.count < 3 || times.count < 5 && times.reduce(0, +) < 20
    return Double(count) / Self.median(times)
  }

  /// - Parameters:
  ///   - seconds: about how long to measure, but at least five passes.
  ///   - progress: called with 0...1.
  public func decoding(seconds: Double, progress: (Double) -> Void = { _ in }) -> Decoding {
    let bytes = Double(model.bytesPerStep)
    let reader = MemoryBandwidth(threads: model.threadCount, hasLargePages: model.precision == .int8)
    let other = model.makeCache()
    let text = min(3, model.contextLength - 1)
    for (cache, first) in [(cache, 1), (other, 5)] where text > 0 {
      cache.truncate(to: 0)
      let tokens = (first..<first + text).map { $0 % model.vocabularySize }
      model.prefill(tokens, into: cache, hidden: &hidden)
    }
    let tokens = [8 % model.vocabularySize, 9 % model.vocabularySize]
    var (rates, ones, outputs, twos): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    let start = MonotonicClock.seconds
    repeat {
      // The first pass of each is no measure: caches and threads are cold.
      rates.append(reader.measure())
      // The reader's numbers fill the caches; steps follow steps.
      _ = step([tokens[0]], [cache])
      ones.append(step([tokens[0]], [cache]))
      outputs.append(MonotonicClock.seconds { model.computeLogits(hidden, into: &logits) })
      twos.append(step(tokens, [cache, other]))
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

  /// Tokens a second with the cache full but for one position.
  public func decodingAtTheEnd(passes: Int = 15) -> Double {
    let count = max(model.contextLength - 1, 1)
    cache.truncate(to: 0)
    let tokens = (0..<count).map { $0 % model.vocabularySize }
    if count < model.contextLength { model.prefill(tokens, into: cache, hidden: &hidden) }
    return 1 / Self.median((0..<passes).map { _ in step([tokens[0]], [cache]) })
  }

  /// The time of one step, whose tokens are then forgotten.
  private func step(_ tokens: [Int], _ caches: [KVCache]) -> Double {
    let time = MonotonicClock.seconds {
      model.decode(tokens, into: caches, hidden: &hidden)
      model.computeLogits(hidden, into: &logits)
    }
    for cache in caches { cache.truncate(to: cache.count - 1) }
    return time
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

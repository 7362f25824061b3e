extension SpeedMeasurement {
  /// Decode steps of several texts at once.
  public struct Batch: Equatable, Sendable {
    /// How many texts.
    public let size: Int
    /// Seconds that a step of all of them takes.
    public let stepSeconds: Double

    /// Tokens a second of all texts together.
    public var tokensPerSecond: Double { Double(size) / stepSeconds }
  }

  /// What bounds a step: the weights are read once, and each text multiplies all of them.
  public struct Limits: Equatable, Sendable {
    /// Bytes of weights that a step reads.
    public let bytes: Int
    /// Bytes a second that all threads together read.
    public let readBandwidth: Double
    /// Multiplications and additions that a text's token needs in matrices.
    public let operations: Int
    /// Multiplications and additions a second of OpenBLAS's product of large float32 matrices.
    public let operationsPerSecond: Double
    /// False for sums in 8 bits, which are faster: they have no such limit here.
    public let isFloat: Bool

    /// No step of so many texts can be expected to take less, in seconds.
    public func stepSeconds(size: Int) -> Double { max(readSeconds, multiplySeconds(size)) }

    /// Whether reading is what bounds a step of so many texts.
    public func isBandwidth(size: Int) -> Bool { readSeconds >= multiplySeconds(size) }

    private var readSeconds: Double { Double(bytes) / readBandwidth }

    private func multiplySeconds(_ size: Int) -> Double {
      isFloat ? Double(size) * Double(operations) / operationsPerSecond : 0
    }
  }

  /// Measures decode steps of batches, and their limits.
  ///
  /// - Parameters:
  ///   - sizes: the numbers of texts, each at least 1.
  ///   - rounds: how often each is measured, in turns.
  ///   - progress: called with the share that is done, in 0...1.
  public func batches(
    _ sizes: [Int], rounds: Int = 7, progress: (Double) -> Void = { _ in }
  ) throws(PredictorError) -> (batches: [Batch], limits: Limits) {
    let most = sizes.max() ?? 1
    predictor.textsInUse += most
    defer { predictor.textsInUse -= most }
    let texts = (0..<most).map { text($0..<$0 + min(3, predictor.model.contextLength - 1), then: $0 + 7) }
    let reader = MemoryBandwidth(
      threads: predictor.model.threadCount, hasLargePages: predictor.model.precision == .int8)
    let multiplier = MultiplyAddRate(threads: predictor.model.threadCount)
    var times = sizes.map { _ in [Double]() }
    var (reads, products): ([Double], [Double]) = ([], [])
    _ = multiplier.measure()
    for round in 0..<rounds {
      reads.append(reader.measure())
      products.append(multiplier.measure())
      for (place, size) in sizes.enumerated() {
        let batch = Array(texts[..<size])
        // The first step fills caches again.
        _ = try step(batch)
        times[place].append(try step(batch))
        progress(Double(round * sizes.count + place + 1) / Double(rounds * sizes.count))
      }
    }
    let limits = Limits(
      bytes: predictor.model.bytesPerStep, readBandwidth: Self.median(reads),
      operations: predictor.model.operationsPerToken, operationsPerSecond: Self.median(products),
      isFloat: predictor.model.precision == .float32)
    return (
      zip(sizes, times).map { Batch(size: $0, stepSeconds: Self.median($1)) }, limits
    )
  }
}

/// How fast this machine multiplies large float32 matrices.
private struct MultiplyAddRate {
  private static let rows = 516
  private static let width = 1024

  private let threads: Int
  private let x = FloatBuffer(count: rows * width)
  private let weight = FloatBuffer(count: width * width)
  private let y = FloatBuffer(count: rows * width)

  init(threads: Int) {
    self.threads = threads
    x.pointer.update(repeating: 1, count: x.count)
    weight.pointer.update(repeating: 1, count: weight.count)
  }

  /// Multiplications and additions a second.
  func measure() -> Double {
    let seconds = MonotonicClock.seconds {
      BLAS.multiplyByTransposed(
        x.pointer, rows: Self.rows, weight.pointer, outputs: Self.width, depth: Self.width, into: y.pointer,
        yStride: Self.width, threads: threads)
    }
    return 2 * Double(Self.rows * Self.width * Self.width) / seconds
  }
}

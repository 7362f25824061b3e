import Glibc
import LMCore
import Presentation

/// The results of `bench`.
struct SpeedReport {
  private let predictor: LocalPredictor
  let loadSeconds: Double
  var firstDistributionSeconds = 0.0
  var quality: PredictionComparison?
  private var prefillTokens = 0
  private var prefill = 0.0
  private var decoding = SpeedMeasurement.Decoding()
  /// Where keys and values of many positions are read too.
  private var farPosition = 0
  private var decodingAtFarPosition = 0.0
  private var peakMemory = 0
  private var batches: [SpeedMeasurement.Batch] = []
  private var limits: SpeedMeasurement.Limits?

  init(_ predictor: LocalPredictor, loadSeconds: Double) {
    (self.predictor, self.loadSeconds) = (predictor, loadSeconds)
  }

  private var model: Transformer { predictor.model }
  private var name: String { predictor.profile.name }

  /// - Parameter batches: numbers of texts whose steps are measured together.
  mutating func measure(batches sizes: [Int], progress: (Double) -> Void) throws(PredictorError) {
    let measurement = SpeedMeasurement(predictor)
    prefillTokens = min(512, model.contextLength)
    // Batches take about as long as all the rest.
    let part = sizes.isEmpty ? 1 : 0.5
    prefill = try measurement.prefill(count: prefillTokens) { progress(part * 0.5 * $0) }
    farPosition = min(2048, model.contextLength)
    decodingAtFarPosition = try measurement.decoding(at: farPosition)
    // Measured before the bandwidth test allocates its buffer.
    peakMemory = peakResidentBytes()
    decoding = try measurement.decoding(seconds: 3) { progress(part * (0.5 + 0.5 * $0)) }
    guard !sizes.isEmpty else { return }
    let result = try measurement.batches(sizes) { progress(0.5 + 0.5 * $0) }
    (batches, limits) = (result.batches, result.limits)
  }

  var json: JSON {
    var report = Rows<JSON>()
    report.add("model", JSON(name))
    report.add("threads", JSON(model.threadCount))
    report.add("precision", JSON(model.precision.rawValue))
    report.add("prefill_tokens_per_second", JSON(prefill))
    report.add("decode_tokens_per_second", JSON(decoding.tokensPerSecond))
    report.add("two_lane_steps_per_second", JSON(decoding.twoLaneStepsPerSecond))
    report.add("bytes_per_token", JSON(model.bytesPerStep))
    report.add("read_bandwidth_bytes_per_second", JSON(decoding.readBandwidth))
    report.add("fraction_of_limit", JSON(decoding.fractionOfLimit))
    report.add("load_seconds", JSON(loadSeconds))
    report.add("first_distribution_seconds", JSON(firstDistributionSeconds))
    report.add("peak_rss_bytes", JSON(peakMemory))
    report.add("two_lane_cost", JSON(decoding.twoLaneCost))
    report.add("kernels", JSON(model.kernelsName))
    report.add("openblas_core", JSON(OpenBLASCore.name))
    if let quality {
      report.add(
        "quality",
        [
          "positions": JSON(quality.positions), "mean_kl_bits": JSON(quality.meanDivergence),
          "largest_kl_bits": JSON(quality.largestDivergence), "argmax_agreement": JSON(quality.agreement),
        ])
    }
    if let limits {
      report.add("multiply_adds_per_second", JSON(limits.operationsPerSecond / 2))
      report.add("batches", .array(batches.map { json(of: $0, limits) }))
    }
    return .object(report.rows.map { JSON.Member($0.name, $0.value) })
  }

  private func json(of batch: SpeedMeasurement.Batch, _ limits: SpeedMeasurement.Limits) -> JSON {
    [
      "texts": JSON(batch.size), "tokens_per_second": JSON(batch.tokensPerSecond),
      "step_seconds": JSON(batch.stepSeconds), "limit_seconds": JSON(limits.stepSeconds(size: batch.size)),
    ]
  }

  /// As aligned lines of text.
  var table: String {
    let profile = predictor.profile
    let size = NumberFormat.abbreviated(profile.parameterCount) + " " + profile.dtype
    let above = NumberFormat.bytes(max(peakMemory - (profile.byteCount ?? 0), 0))
    let share = NumberFormat.fixed(100 * decoding.fractionOfLimit, decimals: 0) + " %"
    let cost = NumberFormat.fixed(decoding.twoLaneCost, decimals: 2)
    var report = Rows<String>()
    report.add("model", "\(name), \(size), \(NumberFormat.bytes(model.bytesPerStep)) a token")
    report.add(
      "computes with",
      "\(counted(model.threadCount, "thread")), kernels \(model.kernelsName), OpenBLAS core \(OpenBLASCore.name)"
    )
    report.add("loaded after", seconds(loadSeconds))
    report.add("first distribution after", seconds(firstDistributionSeconds))
    report.add("prefill of \(counted(prefillTokens, "token"))", perSecond(prefill, "tokens"))
    report.add(
      "decode",
      perSecond(decoding.tokensPerSecond, "tokens")
        + ", \(NumberFormat.percent(decoding.outputShare)) of the time in lm_head")
    report.add(
      "decode at position \(NumberFormat.grouped(farPosition))", perSecond(decodingAtFarPosition, "tokens"))
    report.add(
      "two lanes",
      perSecond(decoding.twoLaneStepsPerSecond, "steps") + ", \(cost) x one lane's step")
    report.add("memory is read at", NumberFormat.bytes(Int(decoding.readBandwidth)) + "/s")
    report.add("decode's share of that", share + " (more than 100 where a cache helps)")
    report.add("peak memory", "\(NumberFormat.bytes(peakMemory)), \(above) above the weights")
    if let limits {
      for batch in batches { report.add("a step of \(counted(batch.size, "text"))", inWords(batch, limits)) }
    }
    if let quality { report.add("int8 against float32", inWords(quality)) }
    let width = report.rows.map { $0.name.count }.max() ?? 0
    return report.rows.map { row in
      row.name + String(repeating: " ", count: width + 2 - row.name.count) + row.value + "\n"
    }.joined()
  }

  private func inWords(_ quality: PredictionComparison) -> String {
    let mean = NumberFormat.fixed(quality.meanDivergence, decimals: 4)
    let largest = NumberFormat.fixed(quality.largestDivergence, decimals: 4)
    let agreement = NumberFormat.percent(quality.agreement)
    return "\(mean) bits a token (KL), at most \(largest); "
      + "the same first token at \(agreement) of \(counted(quality.positions, "position"))"
  }

  private func inWords(_ batch: SpeedMeasurement.Batch, _ limits: SpeedMeasurement.Limits) -> String {
    let limit = limits.stepSeconds(size: batch.size)
    let step = NumberFormat.fixed(1000 * batch.stepSeconds, decimals: 1)
    let least = NumberFormat.fixed(1000 * limit, decimals: 1)
    return "\(step) ms, \(perSecond(batch.tokensPerSecond, "tokens")), limit \(least) ms"
      + (limits.isBandwidth(size: batch.size) ? " (reading the weights)" : " (multiplications)")
  }

  private func perSecond(_ rate: Double, _ unit: String) -> String {
    NumberFormat.fixed(rate, decimals: rate < 100 ? 1 : 0) + " \(unit)/s"
  }

  private func seconds(_ seconds: Double) -> String { NumberFormat.fixed(seconds, decimals: 3) + " s" }
}

/// Names and values, in order.
private struct Rows<Value> {
  private(set) var rows: [(name: String, value: Value)] = []

  mutating func add(_ name: String, _ value: Value) { rows.append((name, value)) }
}

/// The peak resident size of the process so far.
private func peakResidentBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Int(usage.ru_maxrss) * 1024
}

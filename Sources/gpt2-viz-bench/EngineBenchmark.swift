import Glibc
import LMCore

/// How fast tokens come: decode, two lanes, prefill, against the memory's read bandwidth.
///
/// `gpt2-viz-bench engine FOLDER|storyteller [THREADS [f32|int8]]`. Medians of measurements taken in turns, as the speed of a shared
/// machine changes by the second.
final class EngineBenchmark {
  private let model: GPT2Model
  private let cache: KVCache
  private let other: KVCache
  private var hidden: [Float] = []
  private var logits: [Float] = []

  static func run(_ arguments: [String]) throws {
    let threads = arguments.dropFirst().first.flatMap { Int($0) } ?? 0
    let start = MonotonicClock.seconds
    let location = try ModelLocator.resolve(arguments.first)
    let precision = arguments.dropFirst(2).first.flatMap(Precision.init) ?? .float32
    let model = try LoadedModel.load(location, threads: threads, precision: precision).model
    let loaded = MonotonicClock.seconds
    let benchmark = EngineBenchmark(model)
    benchmark.step([1, 2, 3, 4])
    print("load \(ms(loaded - start)), first logits \(ms(MonotonicClock.seconds - loaded)) later")
    benchmark.run()
  }

  /// `gpt2-viz-bench quality MODEL FILE_OF_IDS`: int8 against float32.
  static func compare(_ arguments: [String]) throws {
    guard arguments.count == 2, let text = contents(of: arguments[1]) else { return }
    let location = try ModelLocator.resolve(arguments[0])
    let models = try [Precision.float32, .int8].map { try LoadedModel.load(location, precision: $0).model }
    let ids = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    for start in stride(from: 0, to: ids.count, by: models[0].contextLength) {
      let part = Array(ids[start..<min(start + models[0].contextLength, ids.count)])
      print(PredictionComparison(of: models[1], with: models[0], over: part))
    }
  }

  private init(_ model: GPT2Model) {
    self.model = model
    cache = model.makeCache()
    other = model.makeCache()
    step([5, 6, 7], into: other)
  }

  private func run() {
    let bytes = Double(model.bytesPerStep)
    print(
      "\(model.information.name) \(model.information.dtype), \(model.threadCount) threads, \(model.kernelsName), "
        + "\(text(bytes / 1e6)) MB of weights")
    prefill()
    print("peak memory \(text(peakMemory() - bytes / 1_048_576)) MiB above the weights")
    decode(bytes)
  }

  private func prefill() {
    for count in [16, 128, 512, 1000] where count <= model.contextLength {
      let tokens = (0..<count).map { $0 % model.vocabularySize }
      let times = (0..<5).map { _ in
        cache.truncate(to: 0)
        return MonotonicClock.seconds { step(tokens) }
      }
      print("prefill of \(count): \(text(Double(count) / median(times))) tokens/s")
    }
    let late = (0..<15).map { _ in
      cache.truncate(to: cache.count - 1)
      return MonotonicClock.seconds { decodeStep([8], [cache]) }
    }
    print("decode at position \(cache.count): \(text(1 / median(late))) tokens/s")
  }

  private func decode(_ bytes: Double) {
    let reader = MemoryBandwidth(threads: model.threadCount)
    var (rates, ones, twos, heads): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for _ in 0..<41 {
      rates.append(reader.measure())
      cache.truncate(to: 4)
      ones.append(MonotonicClock.seconds { decodeStep([8], [cache]) })
      heads.append(MonotonicClock.seconds { model.computeLogits(hidden, into: &logits) })
      twos.append(MonotonicClock.seconds { decodeStep([8, 9], [cache, other]) })
      other.truncate(to: 3)
    }
    let fractions = zip(rates, ones).map { bytes / $1 / $0 }
    let lanes = zip(twos, ones).map { $0 / $1 }
    print(
      "read bandwidth \(text(median(rates) / 1e9)) GB/s, limit \(text(median(rates) / bytes)) tokens/s\n"
        + "decode \(text(1 / median(ones))) tokens/s (lm_head \(ms(median(heads))) of \(ms(median(ones)))), "
        + "\(text(100 * median(fractions))) % of the limit\n"
        + "two lanes \(text(1 / median(twos))) steps/s, \(text(median(lanes))) x one lane's step")
  }

  private func step(_ tokens: [Int], into other: KVCache? = nil) {
    model.prefill(tokens, into: other ?? cache, hidden: &hidden)
    model.computeLogits(hidden, into: &logits)
  }

  private func decodeStep(_ tokens: [Int], _ caches: [KVCache]) {
    model.decode(tokens, into: caches, hidden: &hidden)
    model.computeLogits(hidden, into: &logits)
  }
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// MiB
private func peakMemory() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1024
}

private func ms(_ seconds: Double) -> String { text(seconds * 1000) + " ms" }

private func text(_ value: Double) -> String {
  let digits = value < 10 ? 1000 : 10
  let scaled = Int((value * Double(digits)).rounded())
  return "\(scaled / digits).\(String(scaled % digits + digits).dropFirst())"
}

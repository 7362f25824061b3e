import Glibc
import LMCore

/// How fast tokens come: decode, two lanes, prefill, against the memory's read bandwidth.
///
/// `gpt2-viz-bench engine FOLDER|storyteller [THREADS [f32|int8]]`. Medians of measurements taken in turns, as the speed of a shared
/// machine changes by the second.
final class EngineBenchmark {
  private let predictor: LocalPredictor
  private var model: Transformer { predictor.model }
  private var logits: [Float] = []

  static func run(_ arguments: [String]) throws {
    let threads = arguments.dropFirst().first.flatMap { Int($0) } ?? 0
    let start = MonotonicClock.seconds
    let location = try ModelLocator.resolve(arguments.first)
    let precision = arguments.dropFirst(2).first.flatMap(Precision.init) ?? .float32
    let predictor = try LoadedModel.load(location, threads: threads, precision: precision).requireLocal()
    let loaded = MonotonicClock.seconds
    let benchmark = EngineBenchmark(predictor)
    try benchmark.step([TextPath(prompt: [1, 2, 3, 4])])
    print("load \(ms(loaded - start)), first logits \(ms(MonotonicClock.seconds - loaded)) later")
    try benchmark.run()
  }

  /// `gpt2-viz-bench quality MODEL FILE_OF_IDS`: int8 against float32.
  static func compare(_ arguments: [String]) throws {
    guard arguments.count == 2, let text = contents(of: arguments[1]) else { return }
    let location = try ModelLocator.resolve(arguments[0])
    let models = try [Precision.float32, .int8].map {
      try LoadedModel.load(location, precision: $0).requireLocal()
    }
    let ids = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    for start in stride(from: 0, to: ids.count, by: models[0].profile.contextLength) {
      let part = Array(ids[start..<min(start + models[0].profile.contextLength, ids.count)])
      print(try PredictionComparison(of: models[1], with: models[0], over: part))
    }
  }

  private init(_ predictor: LocalPredictor) {
    self.predictor = predictor
    predictor.textsInUse = 2
  }

  private func run() throws {
    let bytes = Double(model.bytesPerStep)
    print(
      "\(model.profile.name) \(model.profile.dtype), \(model.threadCount) threads, \(model.kernelsName), "
        + "\(text(bytes / 1e6)) MB of weights")
    try prefill()
    print("peak memory \(text(peakMemory() - bytes / 1_048_576)) MiB above the weights")
    try decode(bytes)
  }

  private func prefill() throws {
    let counts = [16, 128, 512, 1000].filter { $0 <= model.contextLength }
    for count in counts {
      let prompt = TextPath(prompt: tokens(count))
      let times = try (0..<5).map { _ in
        predictor.forgetTexts()
        return try MonotonicClock.seconds { try step([prompt]) }
      }
      print("prefill of \(count): \(text(Double(count) / median(times))) tokens/s")
    }
    let count = counts.last ?? model.contextLength
    let longest = TextPath(prompt: tokens(count - 1), generated: [8])
    try step([longest])
    let late = try (0..<15).map { _ in try MonotonicClock.seconds { try step([longest]) } }
    print("decode at position \(count): \(text(1 / median(late))) tokens/s")
  }

  private func tokens(_ count: Int) -> [Int] { (0..<count).map { $0 % model.vocabularySize } }

  private func decode(_ bytes: Double) throws {
    let reader = MemoryBandwidth(threads: model.threadCount)
    var (rates, ones, twos, heads): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    let texts = [
      TextPath(prompt: [0, 1, 2, 3], generated: [8]), TextPath(prompt: [5, 6, 7], generated: [9]),
    ]
    let state = [try predictor.predict(texts[0])]
    for _ in 0..<41 {
      rates.append(reader.measure())
      ones.append(try MonotonicClock.seconds { try step([texts[0]]) })
      heads.append(MonotonicClock.seconds { predictor.computeLogits(of: state, into: &logits) })
      twos.append(try MonotonicClock.seconds { try step(texts) })
    }
    let fractions = zip(rates, ones).map { bytes / $1 / $0 }
    let lanes = zip(twos, ones).map { $0 / $1 }
    print(
      "read bandwidth \(text(median(rates) / 1e9)) GB/s, limit \(text(median(rates) / bytes)) tokens/s\n"
        + "decode \(text(1 / median(ones))) tokens/s (lm_head \(ms(median(heads))) of \(ms(median(ones)))), "
        + "\(text(100 * median(fractions))) % of the limit\n"
        + "two lanes \(text(1 / median(twos))) steps/s, \(text(median(lanes))) x one lane's step")
  }

  /// From ids to logits. A generated token that is asked for again is read again; a prompt has to be forgotten first.
  private func step(_ texts: [TextPath]) throws {
    predictor.computeLogits(of: try predictor.predict(texts) { false }, into: &logits)
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

import Glibc
import LMCore

/// What a step costs between a model's logits and everything a screen shows: softmax, ranking, chain, sums.
///
/// One core, medians, logits of three shapes. `gpt2-viz-bench step [REPEATS] [--vocabulary N]`; without N, of
/// GPT-2's size.
enum StepBenchmark {
  /// How far a partial selection goes: the rows of a large screen and a usual nucleus.
  private static let partialCount = 1_000

  /// False for arguments that it does not know.
  static func run(_ arguments: [String]) -> Bool {
    var (words, vocabularySize) = (arguments, 50_257)
    if let option = words.firstIndex(of: "--vocabulary") {
      guard option + 1 < words.count, let size = Int(words[option + 1]), (1_000...1 << 24).contains(size)
      else {
        return false
      }
      vocabularySize = size
      words.removeSubrange(option...option + 1)
    }
    let repeats = words.first.map(Int.init) ?? 300
    guard let repeats, words.count < 2 else { return false }
    print("V = \(vocabularySize), medians of \(repeats), milliseconds, one core")
    print(pad("", to: 44) + shapes.map { pad($0.name, to: 10, right: true) }.joined())
    let inputs = shapes.map { makeLogits(vocabularySize, $0.draw) }
    let history = (0..<200).map { $0 * 37 % vocabularySize }

    row("full ranking + softmax + running sums", inputs, repeats) { logits in
      (try? Belief(logits))?.knownRanks ?? 0
    }
    row("  alone: full ranking, radix sort", inputs, repeats) { logits in
      Int(LogitRanking.descending(logits)[0])
    }
    row("  instead: partial selection of \(partialCount), not sorted on", inputs, repeats) { logits in
      PartialSelection.largest(partialCount, of: logits)[0]
    }
    row("  instead: comparison sort", inputs, repeats) { logits in
      logits.indices.sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }[0]
    }
    for (name, settings) in chains {
      guard let chain = try? SamplerChain(settings) else { continue }
      row("whole step: \(name)", inputs, repeats) { logits in
        screenful(try? chain.apply(to: logits, history: history))
      }
    }
    let rankedInputs = inputs.compactMap { try? Belief($0) }
    for (name, settings) in chains {
      guard let chain = try? SamplerChain(settings) else { continue }
      row("turned knob: \(name)", rankedInputs, repeats) { ranked in
        screenful(try? chain.apply(to: ranked, history: history))
      }
    }
    for (name, settings) in waterfalls {
      guard let chain = try? SamplerChain(settings) else { continue }
      let context = ChainContext(history: history)
      row("\(chain.order.count) steps, \(name)", rankedInputs, repeats) { ranked in
        screenful(try? chain.apply(to: ranked, context))
      }
      row("  with the waterfall", rankedInputs, repeats) { ranked in
        let measured = try? chain.measure(ranked, context)
        return screenful(measured?.distribution) + (measured?.stages.count ?? 0)
      }
    }
    return true
  }

  /// What a screen reads of a distribution: forty rows, the cut, the draw. Its value only defeats the optimiser.
  private static func screenful(_ distribution: Distribution?) -> Int {
    guard let distribution else { return 0 }
    var sum = 0.0
    for rank in 1...40 {
      guard let row = distribution.row(atRank: rank) else { break }
      sum += row.before + (row.after ?? 0) + row.belief.cumulative + (row.isKept ? 1 : 0)
    }
    return (distribution.token(at: 0.7) ?? 0) + distribution.cutRank + Int(sum)
  }

  /// Twelve steps, weak enough that each finds many tokens.
  private static var waterfalls: [(String, SamplingSettings)] {
    ChainOrder.allCases.map { order in
      var settings = SamplingSettings()
      settings.order = order
      (settings.temperature, settings.topK, settings.topP, settings.minP) = (0.8, 20_000, 0.999, 1e-5)
      (settings.typicalP, settings.epsilon, settings.eta) = (0.99, 1e-7, 1e-6)
      (settings.topNSigma, settings.xtcProbability) = (4, 1)
      (settings.repetitionPenalty, settings.frequencyPenalty, settings.dryMultiplier) = (1.1, 0.1, 0.8)
      return (order.name, settings)
    }
  }

  private static var chains: [(String, SamplingSettings)] {
    func settings(_ change: (inout SamplingSettings) -> Void) -> SamplingSettings {
      var settings = SamplingSettings()
      change(&settings)
      return settings
    }
    return [
      ("pure", settings { _ in }),
      ("top-p 0.95", settings { $0.topP = 0.95 }),
      ("T 0.7, top-k 40", settings { ($0.temperature, $0.topK) = (0.7, 40) }),
      ("T 0.8, top-k 640, top-p 0.95", settings { ($0.temperature, $0.topK, $0.topP) = (0.8, 640, 0.95) }),
      ("T 1.2, top-p 0.999", settings { ($0.temperature, $0.topP) = (1.2, 0.999) }),
      ("typical-p 0.9", settings { $0.typicalP = 0.9 }),
      (
        "all nine filters",
        settings {
          ($0.repetitionPenalty, $0.noRepeatNgram, $0.temperature, $0.topK, $0.topP) = (
            1.2, 3, 0.9, 5_000, 0.98
          )
          ($0.minP, $0.typicalP, $0.epsilon, $0.eta) = (1e-5, 0.95, 1e-6, 1e-5)
        }
      ),
    ]
  }

  private static var shapes: [(name: String, draw: (inout RandomSource, Int) -> Double)] {
    [
      ("peaked", { random, id in id == 17 ? 20 : 2 * normal(&random) - 5 }),
      ("broad", { random, _ in 3 * normal(&random) }),
      ("flat", { random, _ in 0.01 * normal(&random) }),
    ]
  }

  private static func makeLogits(_ vocabularySize: Int, _ draw: (inout RandomSource, Int) -> Double)
    -> [Float]
  {
    var random = RandomSource(seed: 1)
    return (0..<vocabularySize).map { Float(draw(&random, $0)) }
  }

  private static func normal(_ random: inout RandomSource) -> Double {
    (-2 * log(1 - random.nextUniform())).squareRoot() * cos(2 * .pi * random.nextUniform())
  }

  private static func row<Input>(
    _ name: String, _ inputs: [Input], _ repeats: Int, _ body: (Input) -> Int
  ) {
    let cells = inputs.map { input in pad(milliseconds(median(repeats) { body(input) }), to: 10, right: true)
    }
    print(pad(name, to: 44) + cells.joined())
  }

  private static func median(_ repeats: Int, _ body: () -> Int) -> Duration {
    let clock = SuspendingClock()
    var blackHole = 0
    let times = (0..<max(repeats, 1)).map { _ in clock.measure { blackHole &+= body() } }.sorted()
    withExtendedLifetime(blackHole) {}
    return times[times.count / 2]
  }

  private static func milliseconds(_ duration: Duration) -> String {
    let thousandths = duration / .microseconds(1)
    let whole = Int(thousandths.rounded())
    let fraction = String(whole % 1000)
    return "\(whole / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  private static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(width - text.count, 0))
    return right ? space + text : text + space
  }
}

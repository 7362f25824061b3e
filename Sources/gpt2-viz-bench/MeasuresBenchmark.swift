import Glibc
import LMCore

/// `gpt2-viz-bench measures`: the time of a study's sums over 1,000 texts of 200 tokens, with frequencies that fall as in
/// language. `Scripts/make_measure_fixtures.py --time` measures nltk's Self-BLEU of texts like these.
enum MeasuresBenchmark {
  static func run() {
    var source = RandomSource(seed: 1)
    // Pareto's distribution, as Zipf's law has it.
    let texts = (0..<1000).map { _ in
      CollectedText(
        ids: (0..<200).map { _ in Int(min(pow(1 - source.nextUniform(), -1.25), 50_000)) },
        logProbabilities: [Double](repeating: -2, count: 200), isEnded: false)
    }
    var bleu: Double?
    let times = (0..<5).map { _ in
      MonotonicClock.seconds { bleu = CollectionMeasures(texts).selfBLEU4 }
    }
    print("all measures of 1,000 texts of 200 tokens: \(times.sorted()[2]) s, Self-BLEU4 \(bleu ?? .nan)")
  }
}

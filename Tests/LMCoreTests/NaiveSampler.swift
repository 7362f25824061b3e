import Glibc
import LMCore

/// The sampler chain as one would write it on a blackboard: whole arrays, full sorts, a softmax for every filter.
struct NaiveSampler {
  /// The scores after the whole chain, by id; -infinity for a removed token.
  private(set) var scores: [Double]
  /// Which filter removed a token.
  private(set) var removedBy: [Int: StepName] = [:]

  init(_ logits: [Float], history: [Int], _ settings: SamplingSettings, order: [StepName]) {
    scores = logits.map(Double.init)
    for filter in order {
      let before = scores
      run(filter, history, settings)
      for id in scores.indices where before[id] > -.infinity && scores[id] == -.infinity {
        removedBy[id] = filter
      }
    }
  }

  var kept: [Int] { scores.indices.filter { scores[$0] > -.infinity } }

  var probabilities: [Double] {
    let largest = scores.max() ?? 0
    let weights = scores.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  private var byProbability: [Int] {
    scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
  }

  private mutating func run(_ filter: StepName, _ history: [Int], _ settings: SamplingSettings) {
    let p = probabilities
    let largest = scores.max() ?? 0
    let entropy = -p.filter { $0 > 0 }.map { $0 * log($0) }.reduce(0, +)
    switch filter {
    case .repetitionPenalty:
      for id in Set(history) {
        scores[id] =
          scores[id] < 0 ? scores[id] * settings.repetitionPenalty : scores[id] / settings.repetitionPenalty
      }
    case .noRepeatNgram:
      let n = settings.noRepeatNgram
      guard history.count >= n else { return }
      for start in 0...(history.count - n)
      where Array(history[start..<start + n - 1]) == Array(history.suffix(n - 1)) {
        remove { $0 == history[start + n - 1] }
      }
    case .temperature:
      if settings.temperature == 0 {
        let first = byProbability[0]
        remove { $0 != first }
      } else {
        scores = scores.map { $0 == -.infinity ? $0 : ($0 - largest) / settings.temperature }
      }
    case .topK:
      let threshold = scores.sorted(by: >)[min(settings.topK, scores.count) - 1]
      let old = scores
      remove { old[$0] < threshold }
    case .topP:
      var sum = 0.0
      for id in byProbability {
        if sum >= settings.topP && id != byProbability[0] { remove { $0 == id } }
        sum += p[id]
      }
    case .minP:
      let top = p.max() ?? 0
      remove { p[$0] / top < settings.minP }
    case .typicalP:
      let shifts = p.map { abs(-log($0) - entropy) }
      var sum = 0.0
      var last = Double.infinity
      for id in scores.indices.sorted(by: { shifts[$0] < shifts[$1] }) {
        sum += p[id]
        if sum >= settings.typicalP {
          last = shifts[id]
          break
        }
      }
      remove { shifts[$0] > last }
    case .epsilon, .eta:
      let eta = settings.eta
      let floor = filter == .epsilon ? settings.epsilon : min(eta, eta.squareRoot() * exp(-entropy))
      let old = scores
      remove { p[$0] < floor && old[$0] < largest }
    default: preconditionFailure("no naive form of \(filter.title)")
    }
  }

  private mutating func remove(_ isRemoved: (Int) -> Bool) {
    for id in scores.indices where isRemoved(id) { scores[id] = -.infinity }
  }
}

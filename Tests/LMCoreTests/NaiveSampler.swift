import Glibc
import LMCore

/// The sampler chain as one would write it on a blackboard: whole arrays, full sorts, a softmax for every filter.
struct NaiveSampler {
  /// The scores after the whole chain, by id; -infinity for a removed token.
  private(set) var scores: [Double]
  /// Which filter removed a token.
  private(set) var removedBy: [Int: StepName] = [:]
  /// The entries with minus infinity that llama.cpp's array would have.
  private var masked: Int
  private let scene: Scene

  /// What steps look at besides the scores.
  struct Scene {
    var history: [Int] = []
    var promptCount = 0
    /// XTC's number.
    var chance = 0.0
    var memories: [StepName: StepMemory] = [:]
    var breakers: [[Int]] = []
  }

  init(_ logits: [Float], _ scene: Scene, _ settings: SamplingSettings, order: [StepName]) {
    scores = logits.map(Double.init)
    masked = logits.filter { $0 == -.infinity }.count
    self.scene = scene
    for filter in order where !kept.isEmpty {
      let before = scores
      run(filter, scene.history, settings)
      count(filter, settings, removed: before.filter { $0 > -.infinity }.count - kept.count)
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
      } else if settings.dynatempRange > 0, !settings.isMirostatAlone {
        if kept.count == 1 { return }
        let low = max(0, settings.temperature - settings.dynatempRange)
        let high = settings.temperature + settings.dynatempRange
        let share = entropy / log(Double(kept.count + masked))
        let temperature = low + (high - low) * pow(share, settings.dynatempExponent)
        scores = scores.map { $0 == -.infinity ? $0 : $0 / temperature }
      } else {
        scores = scores.map { $0 == -.infinity ? $0 : $0 / settings.temperature }
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
      if settings.typicalRule == .llamaCpp {
        for id in scores.indices.sorted(by: { shifts[$0] < shifts[$1] }) {
          if sum > settings.typicalP { remove { $0 == id } }
          sum += p[id]
        }
        return
      }
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
    case .topNSigma:
      let left = kept.map { scores[$0] }
      let mean = left.reduce(0, +) / Double(left.count)
      let variance = left.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(left.count)
      let old = scores
      remove { old[$0] < largest - settings.topNSigma * variance.squareRoot() }
    case .topH:
      let best = byProbability.prefix(min(100, kept.count))
      let mass = best.map { p[$0] }.reduce(0, +)
      let terms = best.map { p[$0] > 0 ? -p[$0] / mass * log(p[$0] / mass) : 0 }
      let allowed = settings.topH * terms.reduce(0, +)
      let stays = (1...best.count).last { $0 == 1 || terms.prefix($0).reduce(0, +) <= allowed } ?? 1
      remove { !best.prefix(stays).contains($0) }
    case .xtc:
      let above = byProbability.filter { p[$0] >= settings.xtcThreshold }
      if scene.chance <= settings.xtcProbability { remove { above.dropLast().contains($0) } }
    case .penalties:
      let window = Array(history.suffix(max(settings.repeatLastN, 0)))
      for id in Set(window) {
        let r = settings.repeatPenalty
        scores[id] = scores[id] <= 0 ? scores[id] * r : scores[id] / r
      }
      for id in settings.order == .vLLM ? Array(history.dropFirst(scene.promptCount)) : window {
        scores[id] -= settings.frequencyPenalty
      }
      for id in Set(settings.order == .vLLM ? Array(history.dropFirst(scene.promptCount)) : window) {
        scores[id] -= settings.presencePenalty
      }
    case .dry: repeatNothing(settings)
    case .mirostat: surprise(settings, p)
    case .adaptiveP:
      let d = min(settings.adaptiveDecay, 0.99)
      let memory = scene.memories[.adaptiveP] ?? StepMemory(settings.adaptiveTarget / (1 - d), 1 / (1 - d))
      let aim = min(max(2 * settings.adaptiveTarget - memory.first / (memory.second ?? 0), 0), 1)
      for id in kept {
        let distance = abs(p[id] - aim) / 0.3
        scores[id] = 5 - 10 * distance * distance / (1 + distance)
      }
    default: preconditionFailure("no naive form of \(filter.title)")
    }
  }

  private mutating func repeatNothing(_ settings: SamplingSettings) {
    let text = Array(scene.history.suffix(settings.dryPenaltyLastN))
    let allowed = settings.dryAllowedLength
    guard text.count > allowed else { return }
    var limit = text.count
    search: for start in text.indices.reversed() {
      let fitting = scene.breakers.filter { text[start...].starts(with: $0) && !$0.isEmpty }
      if let longest = fitting.map(\.count).max() {
        limit = text.count - start - longest
        break search
      }
    }
    if limit < allowed { return }
    var longest: [Int: Int] = [:]
    for place in 1..<text.count {
      var length = 0
      while length < min(place, limit), text[place - 1 - length] == text[text.count - 1 - length] {
        length += 1
      }
      if length >= allowed { longest[text[place]] = max(longest[text[place]] ?? 0, length) }
    }
    for (id, length) in longest where !scene.breakers.contains([id]) {
      scores[id] -= settings.dryMultiplier * pow(settings.dryBase, Double(length - allowed))
    }
  }

  private mutating func surprise(_ settings: SamplingSettings, _ p: [Double]) {
    let mu = scene.memories[.mirostat]?.first ?? 2 * settings.mirostatEntropy
    let best = Array(byProbability.prefix(kept.count))
    if settings.mirostat == 2 {
      remove { -log2(p[$0]) > mu && $0 != best[0] }
      return
    }
    let n = min(100, best.count) - 1
    let t = (0..<n).map { log(Double($0 + 2) / Double($0 + 1)) }
    let b = (0..<n).map { log(p[best[$0]] / p[best[$0 + 1]]) }
    let s = zip(t, b).map(*).reduce(0, +) / t.map { $0 * $0 }.reduce(0, +)
    let k = pow((s - 1) * pow(2, mu) / (1 - pow(Double(scores.count), -(s - 1))), 1 / s)
    if k.isFinite, k < Double(best.count) {
      let stays = Set(best.prefix(max(Int(k), 1)))
      remove { !stays.contains($0) }
    }
  }

  /// Keeps `masked` as llama.cpp's array would have it.
  private mutating func count(_ filter: StepName, _ settings: SamplingSettings, removed: Int) {
    switch filter {
    case .topNSigma: masked += removed
    case .topK: masked = max(min(masked, settings.topK - kept.count), 0)
    case .topP, .minP, .typicalP, .epsilon, .eta, .topH, .mirostat: masked = 0
    default: break
    }
  }

  private mutating func remove(_ isRemoved: (Int) -> Bool) {
    for id in scores.indices where isRemoved(id) { scores[id] = -.infinity }
  }
}

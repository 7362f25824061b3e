/// Removes tokens less likely than a fixed floor, never those tied at the top (arXiv 2210.15191).
struct EpsilonProcessor: LogitsProcessor {
  let filter = FilterName.epsilon
  let epsilon: Double

  init(_ epsilon: Double) throws(SamplingError) {
    guard epsilon >= 0, epsilon < 1 else { throw .valueOutOfRange(.epsilon, epsilon) }
    self.epsilon = epsilon
  }

  var isActive: Bool { epsilon > 0 }

  func process(_ candidates: inout Candidates, history: [Int]) {
    candidates.updateWeights()
    let total = candidates.total
    candidates.keepPrefix(by: filter) { $0.weight(at: $1) / total >= epsilon || $0.isTiedWithFirst($1) }
  }
}

/// Removes tokens whose probability is below a share of the largest one (arXiv 2407.01082). Equal stays.
struct MinPProcessor: LogitsProcessor {
  let filter = FilterName.minP
  let minP: Double

  init(_ minP: Double) throws(SamplingError) {
    guard (0...1).contains(minP) else { throw .valueOutOfRange(.minP, minP) }
    self.minP = minP
  }

  var isActive: Bool { minP > 0 }

  func process(_ candidates: inout Candidates, history: [Int]) {
    // The largest weight is exactly 1, so a weight is already the share of the largest probability.
    candidates.keepPrefix(by: filter) { $0.weight(at: $1) >= minP }
  }
}

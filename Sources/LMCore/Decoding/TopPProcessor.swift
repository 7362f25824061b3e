/// Nucleus sampling: keeps the smallest set of most likely tokens that reaches p (arXiv 1904.09751).
///
/// 1. Go through the tokens by probability descending, ties lowest id first.
/// 2. Add up until the running sum is >= p. The token that reaches or crosses p is kept.
/// 3. Remove the rest. p = 0 keeps one token; p = 1 is off.
struct TopPProcessor: LogitsProcessor {
  let filter = FilterName.topP
  let p: Double

  init(_ p: Double) throws(SamplingError) {
    guard (0...1).contains(p) else { throw .valueOutOfRange(.topP, p) }
    self.p = p
  }

  var isActive: Bool { p < 1 }

  func process(_ candidates: inout Candidates, history: [Int]) {
    candidates.updateWeights()
    candidates.keepNucleus(reaching: p, by: filter)
  }
}

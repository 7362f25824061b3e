import Glibc

/// Removes tokens less likely than a floor that falls with the entropy, never those tied at the top
/// (arXiv 2210.15191).
///
/// The floor is min(eps, sqrt(eps) * exp(-H)), H in nats, of what the steps before left. The documentation of
/// `transformers` says sqrt(eps * exp(-H)); its code and the paper have the form used here.
struct EtaProcessor: LogitsProcessor {
  let filter = FilterName.eta
  let epsilon: Double

  init(_ epsilon: Double) throws(SamplingError) {
    guard epsilon >= 0, epsilon < 1 else { throw .valueOutOfRange(.eta, epsilon) }
    self.epsilon = epsilon
  }

  var isActive: Bool { epsilon > 0 }

  func process(_ candidates: inout Candidates, history: [Int]) {
    let floor = min(epsilon, epsilon.squareRoot() * exp(-candidates.entropy()))
    let total = candidates.total
    candidates.keepPrefix(by: filter) { $0.weight(at: $1) / total >= floor || $0.isTiedWithFirst($1) }
  }
}

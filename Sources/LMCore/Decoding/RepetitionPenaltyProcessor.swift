/// Makes the tokens of the text less likely (CTRL, arXiv 1909.05858): s / penalty where s is positive, s * penalty
/// where it is negative.
///
/// Once for each distinct id, prompt included, however often it occurs. A penalty below 1 rewards repetition.
struct RepetitionPenaltyProcessor: LogitsProcessor {
  let filter = FilterName.repetitionPenalty
  let penalty: Double

  init(_ penalty: Double) throws(SamplingError) {
    guard penalty > 0, penalty < .infinity else { throw .valueOutOfRange(.repetitionPenalty, penalty) }
    self.penalty = penalty
  }

  var isActive: Bool { penalty != 1 }

  func process(_ candidates: inout Candidates, history: [Int]) {
    // An extreme penalty must not make infinities, whose differences are NaN.
    let limit = Double.greatestFiniteMagnitude
    candidates.rescore(Set(history)) { _, score in
      min(max(score < 0 ? score * penalty : score / penalty, -limit), limit)
    }
  }
}

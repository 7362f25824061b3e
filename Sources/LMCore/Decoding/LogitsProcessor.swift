/// One step of the sampler chain: changes scores or removes candidates.
///
/// Pure: the text so far is an argument, so stepping back has nothing to rewind. Each processor's initialiser
/// checks the range of its setting, and each sees the softmax of what the steps before it left.
protocol LogitsProcessor: Sendable {
  var filter: FilterName { get }
  /// False where the setting leaves every distribution as it is.
  var isActive: Bool { get }

  /// `history` holds the ids of the whole text, prompt included, all in 0..<V.
  func process(_ candidates: inout Candidates, history: [Int]) throws(SamplingError)
}

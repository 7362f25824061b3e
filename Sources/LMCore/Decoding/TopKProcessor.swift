/// Keeps the k tokens with the largest scores and every token tied with the k-th (arXiv 1805.04833).
///
/// As `transformers`: the kept set can exceed k, and k above the vocabulary keeps everything.
struct TopKProcessor: LogitsProcessor {
  let filter = FilterName.topK
  let k: Int

  init(_ k: Int) throws(SamplingError) {
    guard k >= 0 else { throw .countOutOfRange(.topK, k) }
    self.k = k
  }

  var isActive: Bool { k > 0 }

  func process(_ candidates: inout Candidates, history: [Int]) {
    if k >= candidates.count || candidates.areAllTied { return }
    var end = candidates.range.lowerBound + k
    let threshold = candidates.scores[end - 1]
    while end < candidates.range.upperBound, candidates.scores[end] == threshold { end += 1 }
    candidates.keep(candidates.range.lowerBound..<end, by: filter)
  }
}

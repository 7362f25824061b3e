/// Bans every token that would complete an n-gram which the text, prompt included, already holds
/// (arXiv 1705.04304).
///
/// 1. The last n - 1 tokens of the text are the beginning of the next n-gram.
/// 2. Wherever they occur earlier, the token that followed them there is banned.
/// 3. A text of fewer than n tokens bans nothing; n = 1 bans every token of the text.
///
/// The only filter that can ban everything: then it throws.
struct NoRepeatNgramProcessor: LogitsProcessor {
  let filter = FilterName.noRepeatNgram
  let size: Int

  init(_ size: Int) throws(SamplingError) {
    guard size >= 0 else { throw .countOutOfRange(.noRepeatNgram, size) }
    self.size = size
  }

  var isActive: Bool { size > 0 }

  func process(_ candidates: inout Candidates, history: [Int]) throws(SamplingError) {
    guard history.count >= size else { return }
    let beginning = history.suffix(size - 1)
    var banned: Set<Int> = []
    for end in (size - 1)..<history.count where history[(end - size + 1)..<end].elementsEqual(beginning) {
      banned.insert(history[end])
    }
    try candidates.remove(banned, by: filter)
  }
}

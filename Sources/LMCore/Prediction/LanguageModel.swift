/// What a session needs of a model: token ids in, hidden states and logits out.
///
/// Letters in the shapes: V vocabulary, C hidden width (n_embd), T tokens, L lanes. Every method is
/// deterministic to the bit: a token decoded alone and beside others, now or after stepping back, gives
/// the same floats. Not thread-safe: one thread at a time.
public protocol LanguageModel: AnyObject {
  /// V
  var vocabularySize: Int { get }
  /// C
  var hiddenSize: Int { get }
  /// n_positions: how many tokens can be fed. A text may hold one more, the last chosen.
  var contextLength: Int { get }

  func makeCache() -> KVCache

  /// Feeds T >= 1 tokens at once, behind what the cache holds. `hidden` becomes the last token's hidden state
  /// after the final layer norm, [C]. Tokens must be in 0..<V and fit the context.
  func prefill(_ tokens: [Int], into cache: KVCache, hidden: inout [Float])

  /// As `prefill(_:into:hidden:)`, but `everyHidden` becomes the hidden states of all T tokens, [T, C].
  func prefill(_ tokens: [Int], into cache: KVCache, everyHidden: inout [Float])

  /// Feeds one token to each of L lanes, reading the weights once. `hidden` becomes [L, C].
  func decode(_ tokens: [Int], into caches: [KVCache], hidden: inout [Float])

  /// As `decode(_:into:hidden:)`, but gives up soon after `isCancelled` says so: then returns false, the caches are as they
  /// were, and `hidden` holds anything.
  func decode(
    _ tokens: [Int], into caches: [KVCache], hidden: inout [Float], unless isCancelled: () -> Bool
  ) -> Bool

  /// lm_head: one hidden state [C] to logits [V]. The same floats, bit for bit, for the same hidden state.
  func computeLogits(_ hidden: [Float], into logits: inout [Float])
}

extension LanguageModel {
  public func decode(
    _ tokens: [Int], into caches: [KVCache], hidden: inout [Float], unless isCancelled: () -> Bool
  ) -> Bool {
    guard !isCancelled() else { return false }
    decode(tokens, into: caches, hidden: &hidden)
    return true
  }

  public func prefill(_ tokens: [Int], into cache: KVCache, everyHidden: inout [Float]) {
    everyHidden.removeAll(keepingCapacity: true)
    var hidden: [Float] = []
    for token in tokens {
      prefill([token], into: cache, hidden: &hidden)
      everyHidden += hidden
    }
  }
}

/// Texts that were read, each in a key-value cache, so that a text which begins alike is not read again from its first token.
///
/// Keys and values are shared only between texts of the same prompt: those of a prompt were computed in one piece, those
/// behind it token by token, so that a text comes out the same, to the bit, whatever was read before.
struct ContextPool {
  /// One text as far as it was read.
  final class Context {
    let cache: KVCache
    /// How many of the cache's tokens are the prompt; 0 until it is read.
    fileprivate(set) var promptCount = 0
    /// The hidden state behind the prompt, [C].
    fileprivate(set) var promptState: [Float] = []
    fileprivate var lastUse = 0

    fileprivate init(_ cache: KVCache) { self.cache = cache }

    /// Notes that the cache holds the prompt, and nothing else.
    func notePrompt(state: [Float]) { (promptCount, promptState) = (cache.count, state) }

    /// How many first tokens of a text are here; 0 where the prompts differ.
    fileprivate func commonCount(with text: TextPath) -> Int {
      guard promptCount == text.prompt.count, cache.tokens.starts(with: text.prompt) else { return 0 }
      let end = min(cache.count, text.count)
      var count = promptCount
      while count < end, cache.tokens[count] == text.generated[count - promptCount] { count += 1 }
      return count
    }

    fileprivate func clear() {
      cache.truncate(to: 0)
      (promptCount, promptState) = (0, [])
    }

    fileprivate func share(_ other: Context, count: Int) {
      cache.share(other.cache, count: count)
      (promptCount, promptState) = (other.promptCount, other.promptState)
    }
  }

  private(set) var contexts: [Context] = []
  private let makeCache: () -> KVCache
  /// The number of calls so far: the larger, the later.
  private var clock = 0

  init(makeCache: @escaping () -> KVCache) { self.makeCache = makeCache }

  /// The hidden state behind a prompt, where a context holds it.
  func promptState(of prompt: [Int]) -> [Float]? {
    contexts.first { $0.commonCount(with: TextPath(prompt: prompt)) > 0 }?.promptState
  }

  /// A context for each text, all different. Each holds the longest beginning of its text that was read before, but never
  /// the last token: its hidden state is what is asked for.
  ///
  /// Where a text leaves another one that begins alike, that one is kept as long as there are fewer than `limit` contexts. Else
  /// it is cut back. A text that begins otherwise takes the context used longest ago, and what is more than `limit`
  /// is given up.
  ///
  /// - Parameter texts: none is a prompt alone whose `promptState` is known.
  mutating func take(for texts: [TextPath], keeping limit: Int) -> [Context] {
    let limit = max(limit, texts.count)
    clock += 1
    // First the texts that go on where a context ends: another text would cut it back.
    var chosen: [Context?] = []
    for text in texts {
      let context = continued(by: text, besides: chosen.compactMap { $0 })
      context?.lastUse = clock
      chosen.append(context)
    }
    for (index, text) in texts.enumerated() where chosen[index] == nil {
      let context = choose(for: text, besides: chosen.compactMap { $0 }, limit: limit)
      context.lastUse = clock
      chosen[index] = context
    }
    let taken = chosen.compactMap { $0 }
    while contexts.count > limit, let oldest = oldest(besides: taken) {
      contexts.removeAll { $0 === oldest }
    }
    return taken
  }

  /// A context whose tokens are all but the last of a text.
  private func continued(by text: TextPath, besides taken: [Context]) -> Context? {
    contexts.first { context in
      context.cache.count == text.count - 1 && context.commonCount(with: text) == context.cache.count
        && context.promptCount > 0 && !taken.contains { $0 === context }
    }
  }

  private mutating func choose(for text: TextPath, besides taken: [Context], limit: Int) -> Context {
    let source = best(for: text, among: contexts)
    let own = best(for: text, among: contexts.filter { context in !taken.contains { $0 === context } })
    let context: Context
    if let own, own.common == own.context.cache.count || contexts.count >= limit {
      context = own.context
      context.cache.truncate(to: own.common)
    } else if contexts.count >= limit, let oldest = oldest(besides: taken) {
      context = oldest
      context.clear()
    } else {
      context = Context(makeCache())
      contexts.append(context)
    }
    if let source, source.common > context.cache.count {
      context.share(source.context, count: source.common)
    }
    if context.promptCount > 0 { context.cache.truncate(to: min(context.cache.count, text.count - 1)) }
    return context
  }

  /// The context that holds most of a text; of several the one used last.
  private func best(
    for text: TextPath, among contexts: [Context]
  ) -> (context: Context, common: Int)? {
    contexts.map { (context: $0, common: $0.commonCount(with: text)) }.filter { $0.common > 0 }
      .max { ($0.common, $0.context.lastUse) < ($1.common, $1.context.lastUse) }
  }

  private func oldest(besides taken: [Context]) -> Context? {
    contexts.filter { context in !taken.contains { $0 === context } }.min { $0.lastUse < $1.lastUse }
  }

  /// Forgets all texts; the memory stays for the next ones.
  func clear() { for context in contexts { context.clear() } }
}

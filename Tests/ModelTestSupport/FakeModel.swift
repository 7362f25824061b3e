import LMCore

/// A model whose next-token logits are a fixed, irregular function of the whole text, and which counts its runs.
public final class FakeModel: LanguageModel {
  public let vocabularySize: Int
  public let hiddenSize = 4
  public let contextLength: Int
  public private(set) var prefills = 0
  public private(set) var decodes = 0
  public private(set) var decodedLanes = 0

  public init(vocabularySize: Int = 40, contextLength: Int = 64) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
  }

  public func makeCache() -> KVCache { KVCache(layerCount: 0, width: 0, capacity: contextLength) }

  public func prefill(_ tokens: [Int], into cache: KVCache, hidden: inout [Float]) {
    prefills += 1
    cache.append(tokens)
    hidden = state(of: cache.tokens)
  }

  public func decode(_ tokens: [Int], into caches: [KVCache], hidden: inout [Float]) {
    decodes += 1
    decodedLanes += tokens.count
    hidden = []
    for (token, cache) in zip(tokens, caches) {
      cache.append([token])
      hidden += state(of: cache.tokens)
    }
  }

  public func computeLogits(_ hidden: [Float], into logits: inout [Float]) {
    var source = RandomSource(seed: hidden.reduce(17) { $0 &* 1_000_003 &+ UInt64($1.bitPattern) })
    logits = (0..<vocabularySize).map { _ in Float(source.nextUniform() * 12 - 6) }
  }

  private func state(of tokens: [Int]) -> [Float] {
    var source = RandomSource(seed: tokens.reduce(UInt64(tokens.count)) { $0 &* 31 &+ UInt64($1) &+ 7 })
    return (0..<hiddenSize).map { _ in Float(source.nextUniform()) }
  }
}

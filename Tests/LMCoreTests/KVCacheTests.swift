import Testing

@testable import LMCore

@Suite struct KVCacheTests {
  @Test func remembersTokensAndForgetsThem() {
    let cache = KVCache(layerCount: 2, width: 12, capacity: 100)
    cache.append([4, 5, 6])
    cache.append(CollectionOfOne(7))
    #expect(cache.tokens == [4, 5, 6, 7])
    #expect(cache.count == 4)
    cache.truncate(to: 2)
    #expect(cache.tokens == [4, 5])
    cache.truncate(to: 2)
    cache.truncate(to: 0)
    #expect(cache.count == 0)
  }

  /// The tiles of a cache with room for three blocks of 64 positions, each with a tile of [64, 4] for each of three heads.
  private func tiles(_ cache: KVCache) -> [UnsafeMutablePointer<Float>] {
    var starts: [UnsafeMutablePointer<Float>] = []
    for block in 0..<3 {
      for layer in 0..<2 {
        for head in 0..<3 {
          let offset = head * KVCache.tilePositions * 4
          starts.append(cache.table[block] + cache.keyOffset(layer: layer) + offset)
          starts.append(cache.table[block] + cache.valueOffset(layer: layer) + offset)
        }
      }
    }
    return starts
  }

  private func fill(_ cache: KVCache, _ first: Float) {
    for (i, start) in tiles(cache).enumerated() { start.update(repeating: first + Float(i), count: 64 * 4) }
  }

  private func holds(_ cache: KVCache, _ first: Float, tiles range: Range<Int> = 0..<36) -> Bool {
    let tiles = tiles(cache)
    return range.allSatisfy { i in (0..<64 * 4).allSatisfy { tiles[i][$0] == first + Float(i) } }
  }

  @Test func tilesDoNotOverlap() {
    let cache = KVCache(layerCount: 2, width: 12, capacity: 130)
    cache.reserve(130)
    fill(cache, 0)
    #expect(holds(cache, 0))
  }

  /// What one of two caches that share blocks writes, the other does not see.
  @Test func aCopySharesWhatItDoesNotWrite() {
    let store = CacheBlockStore(layerCount: 2, width: 12)
    let first = KVCache(store, capacity: 200)
    first.reserve(150)
    fill(first, 0)
    first.append(0..<150)
    let second = KVCache(store, capacity: 200)
    second.share(first, count: 140)
    #expect(second.tokens == Array(0..<140))
    #expect(second.blockCounts == (3, 0) && first.blockCounts == (3, 0))
    #expect((0..<3).allSatisfy { second.table[$0] == first.table[$0] })
    second.reserve(1)
    #expect(second.blockCounts == (3, 1) && first.blockCounts == (3, 1))
    #expect(second.table[1] == first.table[1] && second.table[2] != first.table[2])
    #expect(holds(second, 0))
    // The first one is alone with its last block again, and writes in place.
    let place = first.table[2]
    first.reserve(1)
    #expect(first.table[2] == place)
    // Cut back to a whole block: there is nothing to copy.
    second.truncate(to: 64)
    second.reserve(70)
    fill(second, 100)
    #expect(holds(first, 0, tiles: 12..<36))
  }

  @Test func memoryComesAsItIsWritten() throws {
    // 40 GB, of which one block is taken.
    let cache = KVCache(layerCount: 100, width: 1000, capacity: 50_000)
    cache.reserve(1)
    #expect(cache.blockCounts == (1, 1))
    let last = cache.table[0] + cache.valueOffset(layer: 99)
    last[64 * 1000 - 1] = 3
    #expect(last[64 * 1000 - 1] == 3)
  }

  @Test func aCacheOfNothing() {
    let cache = KVCache(layerCount: 0, width: 0, capacity: 5)
    cache.append([1, 2, 3, 4, 5])
    cache.truncate(to: 1)
    #expect(cache.tokens == [1])
  }
}

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

  @Test func tilesDoNotOverlap() {
    // 130 positions are three blocks of 64, with a tile of [64, 4] for each of three heads.
    let cache = KVCache(layerCount: 2, width: 12, capacity: 130)
    let tile = KVCache.tilePositions * 4
    var starts: [UnsafeMutablePointer<Float>] = []
    for layer in 0..<2 {
      for index in 0..<9 {
        starts += [cache.keys(layer: layer) + index * tile, cache.values(layer: layer) + index * tile]
      }
    }
    for (i, start) in starts.enumerated() { (start).update(repeating: Float(i), count: tile) }
    for (i, start) in starts.enumerated() {
      #expect((0..<tile).allSatisfy { start[$0] == Float(i) })
    }
  }

  @Test func memoryComesAsItIsWritten() throws {
    // 40 GB of address space, of which a page is touched.
    let cache = KVCache(layerCount: 100, width: 1000, capacity: 50_000)
    cache.keys(layer: 99)[5] = 3
    #expect(cache.keys(layer: 99)[5] == 3)
    #expect(cache.values(layer: 99)[5] == 0)
  }

  @Test func aCacheOfNothing() {
    let cache = KVCache(layerCount: 0, width: 0, capacity: 5)
    cache.append([1, 2, 3, 4, 5])
    cache.truncate(to: 1)
    #expect(cache.tokens == [1])
  }
}

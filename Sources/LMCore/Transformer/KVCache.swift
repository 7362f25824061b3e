/// One lane's keys and values, and the tokens they belong to.
///
/// Kept in blocks of 64 positions, [block][layer][keys, values][head][tile]: a key tile is transposed, [head width, 64], a value tile
/// is not, [64, head width], so that both products of attention are sums of scaled rows. Memory is taken block by block. A copy shares
/// the blocks of the original; who writes into a shared block first makes one of its own. Truncation moves a counter, so
/// stepping back costs nothing.
public final class KVCache {
  static let tilePositions = 64

  /// The largest number of tokens.
  public let capacity: Int
  /// The tokens whose keys and values are stored, which decide whether the cache fits a text.
  public private(set) var tokens: [Int] = []
  private let store: CacheBlockStore
  private var blocks: [CacheBlock] = []
  /// Where each block begins, for attention, which counts no references.
  let table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>

  /// The number of tokens stored.
  public var count: Int { tokens.count }

  /// Bytes that a cache takes when it is full.
  static func byteCount(layerCount: Int, width: Int, capacity: Int) -> Int {
    8 * layerCount * ((capacity + tilePositions - 1) / tilePositions * tilePositions) * width
  }

  /// An empty cache; `width` is K D, all heads of keys together.
  public convenience init(layerCount: Int, width: Int, capacity: Int) {
    self.init(CacheBlockStore(layerCount: layerCount, width: width), capacity: capacity)
  }

  /// An empty cache, which may share blocks with others of the same store.
  init(_ store: CacheBlockStore, capacity: Int) {
    (self.store, self.capacity) = (store, capacity)
    let most = (capacity + Self.tilePositions - 1) / Self.tilePositions
    table = .allocate(capacity: most)
    blocks.reserveCapacity(most)
    tokens.reserveCapacity(capacity)
  }

  deinit { table.deallocate() }

  /// Removes all tokens from position `count` on; `count` must be in 0...`self.count`.
  public func truncate(to count: Int) {
    precondition((0...tokens.count).contains(count), "a cache can only be truncated to what it holds")
    tokens.removeSubrange(count...)
  }

  /// Becomes the first `count` tokens of another cache of the same store, and shares its blocks.
  func share(_ other: KVCache, count: Int) {
    precondition(count <= other.count && store === other.store, "caches of one store share blocks")
    let shared = (count + Self.tilePositions - 1) / Self.tilePositions
    blocks.replaceSubrange(0..., with: other.blocks[..<shared])
    for index in 0..<shared { table[index] = blocks[index].floats }
    tokens.replaceSubrange(0..., with: other.tokens[..<count])
  }

  /// Makes room for the keys and values of the next `newCount` tokens, which no other cache sees.
  func reserve(_ newCount: Int) {
    precondition(tokens.count + newCount <= capacity, "the cache holds \(capacity) tokens")
    let first = tokens.count / Self.tilePositions
    for index in first..<(tokens.count + newCount + Self.tilePositions - 1) / Self.tilePositions {
      if index == blocks.count {
        blocks.append(store.makeBlock())
      } else if !isKnownUniquelyReferenced(&blocks[index]) {
        let own = store.makeBlock()
        // What lies behind the tokens is written before it is read.
        if index * Self.tilePositions < tokens.count {
          own.floats.update(from: blocks[index].floats, count: store.floatCount)
        }
        blocks[index] = own
      } else {
        continue
      }
      table[index] = blocks[index].floats
    }
  }

  /// Appends tokens whose keys and values the model has written behind the others.
  public func append(_ newTokens: some Collection<Int>) {
    precondition(tokens.count + newTokens.count <= capacity, "the cache holds \(capacity) tokens")
    tokens.append(contentsOf: newTokens)
  }

  /// Where the keys of a layer begin in each block, in floats.
  func keyOffset(layer: Int) -> Int { 2 * layer * store.tileFloats }
  /// The same of its values.
  func valueOffset(layer: Int) -> Int { (2 * layer + 1) * store.tileFloats }

  /// How many blocks the cache has, and how many of them no other cache has.
  var blockCounts: (all: Int, own: Int) {
    (blocks.count, blocks.indices.count { isKnownUniquelyReferenced(&blocks[$0]) })
  }
}

/// Blocks of one shape. Memory that is given back serves for the next block.
final class CacheBlockStore {
  /// More than one text's blocks at a time are seldom given back to be taken again.
  private static let mostSpare = 16

  /// Floats of one layer's keys, or values.
  let tileFloats: Int
  /// Floats of a block.
  let floatCount: Int
  private var spare: [SystemMemory] = []

  init(layerCount: Int, width: Int) {
    tileFloats = KVCache.tilePositions * width
    floatCount = 2 * layerCount * tileFloats
  }

  fileprivate func makeBlock() -> CacheBlock {
    CacheBlock(self, spare.popLast() ?? SystemMemory(byteCount: 4 * floatCount))
  }

  fileprivate func takeBack(_ memory: SystemMemory) {
    if spare.count < Self.mostSpare { spare.append(memory) }
  }
}

/// Keys and values of 64 positions in all layers.
private final class CacheBlock {
  private let store: CacheBlockStore
  private let memory: SystemMemory

  init(_ store: CacheBlockStore, _ memory: SystemMemory) { (self.store, self.memory) = (store, memory) }

  deinit { store.takeBack(memory) }

  var floats: UnsafeMutablePointer<Float> { memory.pointer.assumingMemoryBound(to: Float.self) }
}

/// One lane's keys and values, and the tokens they belong to.
///
/// Kept in tiles of 64 positions of one head, [layer][block][head][tile]: a key tile is transposed, [head width, 64],
/// a value tile is not, [64, head width], so that both products of attention are sums of scaled rows. Address space is
/// taken once for the whole context, memory as blocks are written: a short text costs little. Truncation moves a
/// counter, so stepping back costs nothing.
public final class KVCache {
  static let tilePositions = 64

  /// The largest number of tokens.
  public let capacity: Int
  /// The tokens whose keys and values are stored, which decide whether the cache fits a text.
  public private(set) var tokens: [Int] = []
  let layerCount: Int
  let width: Int
  private let blockCount: Int
  private let keys: SystemMemory
  private let values: SystemMemory

  /// The number of tokens stored.
  public var count: Int { tokens.count }

  /// Bytes that a cache takes when it is full.
  static func byteCount(layerCount: Int, width: Int, capacity: Int) -> Int {
    8 * layerCount * ((capacity + tilePositions - 1) / tilePositions * tilePositions) * width
  }

  /// An empty cache; `width` is K D, all heads of keys together. Memory is taken as positions are written.
  public init(layerCount: Int, width: Int, capacity: Int) {
    (self.layerCount, self.width, self.capacity) = (layerCount, width, capacity)
    blockCount = (capacity + Self.tilePositions - 1) / Self.tilePositions
    let size = layerCount * blockCount * Self.tilePositions * width
    keys = SystemMemory(byteCount: 4 * size)
    values = SystemMemory(byteCount: 4 * size)
    tokens.reserveCapacity(capacity)
  }

  /// Removes all tokens from position `count` on; `count` must be in 0...`self.count`.
  public func truncate(to count: Int) {
    precondition((0...tokens.count).contains(count), "a cache can only be truncated to what it holds")
    tokens.removeSubrange(count...)
  }

  /// Becomes the first `count` tokens of another cache of the same shape.
  func copy(_ other: KVCache, count: Int) {
    precondition(count <= other.count && layerStride == other.layerStride, "caches of one shape are copied")
    let floats = (count + Self.tilePositions - 1) / Self.tilePositions * Self.tilePositions * width
    for layer in 0..<layerCount {
      keys(layer: layer).update(from: other.keys(layer: layer), count: floats)
      values(layer: layer).update(from: other.values(layer: layer), count: floats)
    }
    tokens.replaceSubrange(0..., with: other.tokens[..<count])
  }

  /// Appends tokens whose keys and values the model has written behind the others.
  public func append(_ newTokens: some Collection<Int>) {
    precondition(tokens.count + newTokens.count <= capacity, "the cache holds \(capacity) tokens")
    tokens.append(contentsOf: newTokens)
  }

  /// The tiles of a layer, [block][head][tile].
  func keys(layer: Int) -> UnsafeMutablePointer<Float> { floats(keys, layer) }
  func values(layer: Int) -> UnsafeMutablePointer<Float> { floats(values, layer) }

  private func floats(_ memory: SystemMemory, _ layer: Int) -> UnsafeMutablePointer<Float> {
    memory.pointer.assumingMemoryBound(to: Float.self) + layer * layerStride
  }

  private var layerStride: Int { blockCount * Self.tilePositions * width }
}

/// One lane's keys and values, and the tokens they belong to.
///
/// Layout of each: [layer][position][C], heads contiguous within C. Allocated once for the whole context;
/// truncation moves a counter, so stepping back costs nothing.
public final class KVCache {
  public let capacity: Int
  /// The tokens fed so far: what decides whether the cache fits a text.
  public private(set) var tokens: [Int] = []
  let layerCount: Int
  let width: Int
  let keys: UnsafeMutablePointer<Float>
  let values: UnsafeMutablePointer<Float>

  public var count: Int { tokens.count }

  public init(layerCount: Int, width: Int, capacity: Int) {
    (self.layerCount, self.width, self.capacity) = (layerCount, width, capacity)
    // Not zeroed: the system hands out pages as positions are written, so a short text costs little memory.
    keys = .allocate(capacity: max(layerCount * capacity * width, 1))
    values = .allocate(capacity: max(layerCount * capacity * width, 1))
    tokens.reserveCapacity(capacity)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  /// Forgets everything from position `count` on.
  public func truncate(to count: Int) {
    precondition((0...tokens.count).contains(count), "a cache can only be truncated to what it holds")
    tokens.removeSubrange(count...)
  }

  /// Records tokens whose keys and values a model has written.
  public func append(_ newTokens: some Collection<Int>) {
    precondition(tokens.count + newTokens.count <= capacity, "the cache holds \(capacity) tokens")
    tokens.append(contentsOf: newTokens)
  }

  func keys(layer: Int) -> UnsafeMutablePointer<Float> { keys + layer * capacity * width }
  func values(layer: Int) -> UnsafeMutablePointer<Float> { values + layer * capacity * width }
}

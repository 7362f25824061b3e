/// The alternative to a full ranking, kept for comparison: only the n largest logits, in order.
enum PartialSelection {
  private static let bucketBits = 12

  /// Ids of the n largest logits (and those that share the last one's bucket) by logit descending.
  ///
  /// One histogram over the upper bits of the floats finds the bucket in which the n-th lies; what is above or
  /// in it is gathered and sorted.
  static func largest(_ n: Int, of logits: [Float]) -> [Int] {
    var histogram = [Int](repeating: 0, count: 1 << bucketBits)
    for logit in logits { histogram[bucket(logit)] += 1 }
    var (last, found) = (histogram.count - 1, 0)
    while last > 0 {
      found += histogram[last]
      if found >= n { break }
      last -= 1
    }
    var chosen: [Int] = []
    chosen.reserveCapacity(found)
    for id in logits.indices where bucket(logits[id]) >= last { chosen.append(id) }
    return chosen.sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
  }

  /// Grows with the logit.
  private static func bucket(_ logit: Float) -> Int {
    let bits = logit.bitPattern
    let ascending = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    return Int(ascending >> UInt32(32 - bucketBits))
  }
}

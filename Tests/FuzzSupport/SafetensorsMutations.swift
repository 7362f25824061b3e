import LMCore

/// Damage to the parts of a safetensors file: the length, the table of contents, the numbers themselves.
enum SafetensorsMutations {
  static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    guard let (header, data) = parts(of: bytes) else { return }
    switch random.below(8) {
    case 0:
      bytes = file(Array(header.description.utf8), data, length: anyLength(header, bytes.count, &random))
    case 1:
      var text = Array(header.description.utf8)
      ByteMutations.mutate(&text, &random, others: [])
      bytes = file(text, data)
    case 2, 3:
      var changed = header
      JSONMutations.mutate(&changed, &random)
      bytes = file(Array(changed.description.utf8), data)
    case 4: bytes = withMovedOffsets(header, data, &random)
    case 5: bytes = withStrangeTensor(header, data, &random)
    default: bytes = file(Array(header.description.utf8), withStrangeNumbers(data, &random))
    }
  }

  /// Table and data of a file that is in order.
  private static func parts(of bytes: [UInt8]) -> (header: JSON, data: [UInt8])? {
    guard bytes.count >= 8 else { return nil }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= bytes.count - 8, let header = try? JSON(parsing: Array(bytes[8..<8 + Int(length)])) else {
      return nil
    }
    return (header, Array(bytes[(8 + Int(length))...]))
  }

  private static func file(_ header: [UInt8], _ data: [UInt8], length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + header + data
  }

  private static func anyLength(_ header: JSON, _ size: Int, _ random: inout RandomSource) -> UInt64 {
    let length = UInt64(header.description.utf8.count)
    return random.pick([
      0, 1, 2, length - 1, length + 1, UInt64(size), UInt64(size) - 8, UInt64(size) - 7, 100_000_000,
      100_000_001,
      UInt64(Int64.max), UInt64(Int64.max) + 1, .max, .max - 7,
    ])
  }

  /// Moves the bounds of one tensor, or gives two tensors each other's place.
  private static func withMovedOffsets(_ header: JSON, _ data: [UInt8], _ random: inout RandomSource)
    -> [UInt8]
  {
    guard var members = header.members, !members.isEmpty else { return file([], data) }
    let index = random.below(members.count)
    let other = random.below(members.count)
    func offsets(_ value: JSON) -> [Int] { value["data_offsets"]?.array?.compactMap(\.int) ?? [0, 0] }
    var moved = offsets(members[index].value)
    if random.isOneIn(2) {
      set("data_offsets", of: &members[other].value, to: JSON(moved))
      moved = offsets(header.members?[other].value ?? nil)
    } else if moved.count == 2 {
      moved[random.below(2)] &+= random.pick([-1, 1, 4, -4, 1 << 32, Int.max, Int.min])
    }
    set("data_offsets", of: &members[index].value, to: JSON(moved))
    return file(Array(JSON.object(members).description.utf8), data)
  }

  /// Adds a tensor that no model has, or changes one's type and shape, with bytes to match where that is easy.
  private static func withStrangeTensor(_ header: JSON, _ data: [UInt8], _ random: inout RandomSource)
    -> [UInt8]
  {
    guard var members = header.members else { return file([], data) }
    let names = [
      "h.9223372036854775807.ln_1.weight", "h.-1.ln_1.weight", "h.99999999999999999999.x", "h..attn.bias",
      "h",
      "transformer.h.2.ln_1.weight", "", "lm_head.weight", "wte.weight", "\u{1B}[31mred", "a\nb",
      "score.weight",
      String(repeating: "n", count: 5000),
    ]
    let dtypes = [
      "F32", "F16", "BF16", "F64", "U8", "BOOL", "F4", "F6_E2M3", "I64", "C64", "f32", "", "Q4\u{7}",
    ]
    let shapes: [JSON] = [
      [], [JSON(0)], [JSON(1)], [JSON(3)], [.number("18446744073709551615"), JSON(0)],
      [.number("4294967296"), .number("4294967296"), .number("4294967296")],
      .array(Array(repeating: JSON(1), count: 3000)),
    ]
    if random.isOneIn(2) || members.isEmpty {
      let end = data.count
      let count = random.pick([0, 1, 2, 4, 8, 12])
      let tensor: JSON = [
        "dtype": JSON(random.pick(dtypes)), "shape": random.pick(shapes),
        "data_offsets": JSON([end, end + count]),
      ]
      members.append(JSON.Member(random.pick(names), tensor))
      return file(Array(JSON.object(members).description.utf8), data + random.bytes(count))
    }
    let index = random.below(members.count)
    switch random.below(3) {
    case 0: set("dtype", of: &members[index].value, to: JSON(random.pick(dtypes)))
    case 1: set("shape", of: &members[index].value, to: random.pick(shapes))
    default: members[index].name = random.pick(names)
    }
    return file(Array(JSON.object(members).description.utf8), data)
  }

  private static func set(_ name: String, of value: inout JSON, to new: JSON) {
    guard var members = value.members else { return }
    for index in members.indices where members[index].name == name { members[index].value = new }
    value = .object(members)
  }

  /// Weights that are no numbers, or huge ones: the file is in order, the model is mad.
  private static func withStrangeNumbers(_ data: [UInt8], _ random: inout RandomSource) -> [UInt8] {
    var data = data
    let patterns: [UInt32] = [
      0x7FC0_0000, 0x7F80_0000, 0xFF80_0000, 0x7F7F_FFFF, 0xFF7F_FFFF, 0x7C00_7C00, 0xFC00_7E00, 1,
      0x8000_0001,
      0x7F80_0001, 0,
    ]
    let pattern = random.pick(patterns)
    let range = random.isOneIn(8) ? 0..<data.count : random.range(in: data.count)
    for place in range { data[place] = UInt8(truncatingIfNeeded: pattern >> UInt32(8 * (place & 3))) }
    return data
  }
}

/// The ids of earlier pieces, within one call of `encode`.
///
/// English repeats its words, so nearly every piece is found here and merging is rare. Direct mapped: a piece has one
/// slot and overwrites what was there, which bounds the memory whatever the text. A slot is 64 bytes, one cache line:
/// the piece padded with zeros to 15 bytes, its length, the number of ids, and up to 11 ids.
struct PieceCache: ~Copyable {
  /// Longer pieces, and those of no id or of more than fit, are not kept.
  static let longestPiece = 15
  private static let mostIDs = 11
  private static let slotSize = 64
  private static let mostSlots = 1 << 14

  private let memory: UnsafeMutableRawPointer
  private let mask: Int

  /// - Parameter byteCount: the length of the text; a short one gets a small cache.
  init(forTextOf byteCount: Int) {
    var slots = 16
    while slots < Self.mostSlots && slots * 16 < byteCount { slots *= 2 }
    mask = slots - 1
    memory = .allocate(byteCount: slots * Self.slotSize, alignment: Self.slotSize)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: slots * Self.slotSize)
  }

  deinit { memory.deallocate() }

  /// A piece of 1 to 15 bytes in two words; the last byte is the length, so that an empty slot, all zero, has no key.
  struct Key: Equatable {
    fileprivate var low: UInt64
    fileprivate var high: UInt64

    @inline(__always)
    init(_ text: UnsafeRawBufferPointer, from start: Int, count: Int) {
      if start + 16 <= text.count {
        low = text.loadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian
        high = text.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self).littleEndian
        // Swift's `<<` and `>>` give zero for shifts of 64 or more bits.
        low &= ~(~0 << UInt64(8 * count))
        high &= count > 8 ? ~(~0 << UInt64(8 * (count - 8))) : 0
      } else {
        (low, high) = (0, 0)
        for offset in 0..<count {
          let byte = UInt64(text[start + offset])
          if offset < 8 {
            low |= byte << UInt64(8 * offset)
          } else {
            high |= byte << UInt64(8 * (offset - 8))
          }
        }
      }
      high |= UInt64(count) << 56
    }

    fileprivate var hash: Int {
      let mixed = (low ^ (high &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
      return Int(truncatingIfNeeded: mixed >> 40)
    }
  }

  /// Appends the ids of a piece, if they are known.
  @inline(__always)
  func appendIDs(of key: Key, to ids: inout [Int]) -> Bool {
    let slot = memory + (key.hash & mask) * Self.slotSize
    let words = slot.assumingMemoryBound(to: UInt64.self)
    guard words[0] == key.low && words[1] == key.high else { return false }
    let numbers = (slot + 16).assumingMemoryBound(to: UInt32.self)
    for index in 1...Int(numbers[0]) { ids.append(Int(numbers[index])) }
    return true
  }

  func store(_ key: Key, _ ids: ArraySlice<Int>) {
    guard (1...Self.mostIDs).contains(ids.count) else { return }
    let slot = memory + (key.hash & mask) * Self.slotSize
    let words = slot.assumingMemoryBound(to: UInt64.self)
    (words[0], words[1]) = (key.low, key.high)
    let numbers = (slot + 16).assumingMemoryBound(to: UInt32.self)
    numbers[0] = UInt32(ids.count)
    for (index, id) in ids.enumerated() { numbers[index + 1] = UInt32(id) }
  }
}

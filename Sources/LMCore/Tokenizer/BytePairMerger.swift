/// Byte-pair encoding of one piece: merges the adjacent pair of lowest rank, the leftmost first, until no pair has a
/// rank (Sennrich et al., arXiv 1508.07909; on bytes as in GPT-2).
struct BytePairMerger: Sendable {
  /// Ranks are below this, so that a rank and two ids (see `Vocabulary.largestID`) share 64 bits.
  static let rankLimit = 1 << 22 - 1

  /// What stands for bytes without a token; without it they are left out.
  struct Unknown: Sendable {
    var id: Int
    /// Bytes side by side are one unknown token.
    var isFused: Bool
  }

  private static let noID = UInt32.max
  private static let noRank = UInt32.max
  private static let emptySlot = UInt64.max
  private static let rankBits: UInt64 = 22
  /// Below this many bytes, looking at every pair for every merge is faster than keeping a heap.
  private static let longestScannedPiece = 48

  /// By byte: its id, `noID` where the vocabulary has none.
  private let byteIDs: [UInt32]
  private let unknown: Unknown?
  /// Open addressing by pair: left id (21 bits), right id (21), rank (22). A power of two of slots, at most half full.
  private var table: [UInt64]
  private var pairCount = 0
  /// The id that the merge of this rank makes.
  private var results: [UInt32] = []

  /// - Parameter byteIDs: 256 ids; nil for a byte without a token.
  init(byteIDs: [Int?] = Array(repeating: nil, count: 256), unknown: Unknown? = nil, expectedMerges: Int) {
    precondition(byteIDs.count == 256)
    self.byteIDs = byteIDs.map { $0.map(UInt32.init) ?? Self.noID }
    self.unknown = unknown
    var slots = 16
    while slots < 2 * expectedMerges { slots *= 2 }
    table = Array(repeating: Self.emptySlot, count: slots)
    results.reserveCapacity(expectedMerges)
  }

  var mergeCount: Int { results.count }

  /// Adds the merge of the next rank. A pair that is listed twice has the later rank, as in `transformers`.
  mutating func append(left: Int, right: Int, result: Int) {
    precondition(results.count < Self.rankLimit)
    if 2 * (pairCount + 1) > table.count { growTable() }
    let pair = Self.pair(UInt32(left), UInt32(right))
    let slot = self.slot(of: pair)
    if table[slot] == Self.emptySlot { pairCount += 1 }
    table[slot] = pair << Self.rankBits | UInt64(results.count)
    results.append(UInt32(result))
  }

  private mutating func growTable() {
    let old = table
    table = Array(repeating: Self.emptySlot, count: 2 * old.count)
    for entry in old where entry != Self.emptySlot { table[slot(of: entry >> Self.rankBits)] = entry }
  }

  // MARK: Lookup

  private static func pair(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 21 | UInt64(right) }

  private func slot(of pair: UInt64) -> Int {
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while table[slot] != Self.emptySlot && table[slot] >> Self.rankBits != pair { slot = (slot + 1) & mask }
    return slot
  }

  private func rank(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let entry = table[slot(of: Self.pair(left, right))]
    return entry == Self.emptySlot ? Self.noRank : UInt32(entry & (1 << Self.rankBits - 1))
  }

  // MARK: Merging

  /// Working memory, kept between pieces.
  struct Scratch {
    /// The symbols of a piece, before they are merged.
    var ids: [UInt32] = []
    /// Rank of the pair that starts here.
    fileprivate var ranks: [UInt32] = []
    /// Neighbours in the list of living symbols; `next` of the last is the count, `previous` of the first -1.
    fileprivate var next: [Int32] = []
    fileprivate var previous: [Int32] = []
    fileprivate var heap = MinimumHeap()
  }

  /// Appends the ids of a piece, which must not be empty, to `output`.
  func merge(_ piece: UnsafeRawBufferPointer, scratch: inout Scratch, output: inout [Int]) {
    scratch.ids.removeAll(keepingCapacity: true)
    appendIDs(of: piece, to: &scratch.ids)
    merge(&scratch, output: &output)
  }

  /// Appends the ids of a piece whose symbols are in `scratch.ids` to `output`.
  func merge(_ scratch: inout Scratch, output: inout [Int]) {
    scratch.ranks.removeAll(keepingCapacity: true)
    let count = scratch.ids.count
    guard count > 0 else { return }
    for index in 0..<(count - 1) {
      scratch.ranks.append(rank(scratch.ids[index], scratch.ids[index + 1]))
    }
    scratch.ranks.append(Self.noRank)
    if count <= Self.longestScannedPiece {
      mergeByScanning(&scratch, output: &output)
    } else {
      mergeWithHeap(&scratch, output: &output)
    }
  }

  private func appendIDs(of piece: UnsafeRawBufferPointer, to ids: inout [UInt32]) {
    var followsUnknown = false
    for byte in piece {
      let id = byteIDs[Int(byte)]
      if id != Self.noID {
        ids.append(id)
      } else if let unknown, !(unknown.isFused && followsUnknown) {
        ids.append(UInt32(unknown.id))
      }
      followsUnknown = id == Self.noID
    }
  }

  /// O(n^2) with a small constant: arrays that shrink.
  private func mergeByScanning(_ scratch: inout Scratch, output: inout [Int]) {
    var count = scratch.ids.count
    scratch.ids.withUnsafeMutableBufferPointer { ids in
      scratch.ranks.withUnsafeMutableBufferPointer { ranks in
        while count > 1 {
          var best = Self.noRank
          var place = 0
          for index in 0..<(count - 1) where ranks[index] < best {
            best = ranks[index]
            place = index
          }
          guard best != Self.noRank else { break }
          ids[place] = results[Int(best)]
          count -= 1
          for index in (place + 1)..<max(count, place + 1) {
            ids[index] = ids[index + 1]
            ranks[index] = ranks[index + 1]
          }
          ranks[place] = place + 1 < count ? rank(ids[place], ids[place + 1]) : Self.noRank
          if place > 0 { ranks[place - 1] = rank(ids[place - 1], ids[place]) }
        }
      }
    }
    for index in 0..<count { output.append(Int(scratch.ids[index])) }
  }

  /// O(n log n): a linked list of symbols and a heap of (rank, place). A heap entry whose rank is no longer that
  /// of its place is stale and skipped.
  private func mergeWithHeap(_ scratch: inout Scratch, output: inout [Int]) {
    let count = scratch.ids.count
    scratch.next.removeAll(keepingCapacity: true)
    scratch.previous.removeAll(keepingCapacity: true)
    scratch.heap.removeAll()
    for index in 0..<count {
      scratch.next.append(Int32(index + 1))
      scratch.previous.append(Int32(index - 1))
      if scratch.ranks[index] != Self.noRank {
        scratch.heap.insert(UInt64(scratch.ranks[index]) << 32 | UInt64(index))
      }
    }
    while let entry = scratch.heap.removeMinimum() {
      let (best, place) = (UInt32(entry >> 32), Int(entry & 0xFFFF_FFFF))
      guard scratch.ranks[place] == best else { continue }
      let merged = Int(scratch.next[place])
      let following = Int(scratch.next[merged])
      scratch.ids[place] = results[Int(best)]
      scratch.ranks[merged] = Self.noRank
      scratch.next[place] = Int32(following)
      if following < count {
        scratch.previous[following] = Int32(place)
        update(place, followedBy: following, &scratch)
      } else {
        scratch.ranks[place] = Self.noRank
      }
      let before = Int(scratch.previous[place])
      if before >= 0 { update(before, followedBy: place, &scratch) }
    }
    var index = 0
    while index < count {
      output.append(Int(scratch.ids[index]))
      index = Int(scratch.next[index])
    }
  }

  private func update(_ place: Int, followedBy following: Int, _ scratch: inout Scratch) {
    let rank = self.rank(scratch.ids[place], scratch.ids[following])
    scratch.ranks[place] = rank
    if rank != Self.noRank { scratch.heap.insert(UInt64(rank) << 32 | UInt64(place)) }
  }
}

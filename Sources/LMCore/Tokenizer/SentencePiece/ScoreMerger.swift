/// Sentencepiece's byte-pair encoding by scores, without a list of merges: of all neighbours that together are a token, those
/// whose token has the highest score are joined first, of equal ones the leftmost (Kudo, Richardson, arXiv 1808.06226; as
/// llama.cpp does it).
struct ScoreMerger: Sendable {
  private let vocabulary: Vocabulary
  /// By id, the smaller the better: so ordered, a score fits a heap of integers.
  private let keys: [UInt32]

  private static let noKey = UInt32.max

  /// - Parameter scores: by id; what is no number is the lowest score.
  init(_ vocabulary: Vocabulary, scores: [Float]) {
    self.vocabulary = vocabulary
    keys = scores.map { score in
      let bits = (score.isNaN ? -.infinity : score + 0).bitPattern
      // Rises with the score, over negative and positive ones.
      let rising = bits >> 31 == 1 ? ~bits : bits | 1 << 31
      return min(~rising, Self.noKey - 1)
    }
  }

  /// Working memory, kept between pieces.
  struct Scratch {
    /// Where the symbol that begins here ends; 0 where it was joined to the one before.
    fileprivate var ends: [Int32] = []
    fileprivate var previous: [Int32] = []
    /// Of the token that the symbol and its neighbour are together.
    fileprivate var keys: [UInt32] = []
    fileprivate var heap = MinimumHeap()
  }

  /// Appends the tokens of a piece to `ids`; `bytes` has those for what has no token.
  func merge(
    _ piece: UnsafeRawBufferPointer, _ characters: CharacterTokens, unknown: Int?, scratch: inout Scratch,
    output: inout [Int]
  ) {
    start(piece, &scratch)
    while let entry = scratch.heap.removeMinimum() {
      let (key, place) = (UInt32(entry >> 32), Int(entry & 0xFFFF_FFFF))
      guard scratch.keys[place] == key else { continue }
      let joined = Int(scratch.ends[place])
      let end = scratch.ends[joined]
      scratch.ends[place] = end
      (scratch.ends[joined], scratch.keys[joined]) = (0, Self.noKey)
      if Int(end) < piece.count { scratch.previous[Int(end)] = Int32(place) }
      update(place, piece, &scratch)
      if scratch.previous[place] >= 0 { update(Int(scratch.previous[place]), piece, &scratch) }
    }
    var place = 0
    while place < piece.count {
      let end = Int(scratch.ends[place])
      let symbol = UnsafeRawBufferPointer(rebasing: piece[place..<end])
      if let id = characters.id(of: symbol) {
        output.append(id)
      } else {
        for byte in symbol {
          if let id = characters.bytes[Int(byte)] ?? unknown { output.append(id) }
        }
      }
      place = end
    }
  }

  private func start(_ piece: UnsafeRawBufferPointer, _ scratch: inout Scratch) {
    scratch.heap.removeAll()
    let missing = piece.count - scratch.ends.count
    if missing > 0 {
      scratch.ends += repeatElement(0, count: missing)
      scratch.previous += repeatElement(0, count: missing)
      scratch.keys += repeatElement(Self.noKey, count: missing)
    }
    var place = 0
    var before: Int32 = -1
    while place < piece.count {
      let length = piece[place] < 0x80 ? 1 : piece.decodeUTF8(at: place).length
      (scratch.ends[place], scratch.previous[place]) = (Int32(place + length), before)
      before = Int32(place)
      place += length
    }
    place = 0
    while place < piece.count {
      update(place, piece, &scratch)
      place = Int(scratch.ends[place])
    }
  }

  /// Notes what the symbol at `place` and the one behind it are together.
  private func update(_ place: Int, _ piece: UnsafeRawBufferPointer, _ scratch: inout Scratch) {
    let middle = Int(scratch.ends[place])
    scratch.keys[place] = Self.noKey
    guard middle < piece.count else { return }
    let pair = UnsafeRawBufferPointer(rebasing: piece[place..<Int(scratch.ends[middle])])
    guard let id = vocabulary.id(ofBytes: pair) else { return }
    scratch.keys[place] = keys[id]
    scratch.heap.insert(UInt64(keys[id]) << 32 | UInt64(place))
  }
}

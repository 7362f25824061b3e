import Testing

@testable import LMCore

@Suite struct PieceCacheTests {
  private func find(_ bytes: [UInt8], in cache: borrowing PieceCache) -> [Int]? {
    let key = bytes.withUnsafeBytes { PieceCache.Key($0, from: 0, count: bytes.count) }
    var ids: [Int] = []
    return cache.appendIDs(of: key, to: &ids) ? ids : nil
  }

  /// A key depends on the bytes of the piece alone: not on what follows, nor on how much does.
  @Test(arguments: 1...15)
  func keys(_ count: Int) {
    let piece = (0..<count).map { UInt8(0xF0 + $0) }
    let keys = [0, 1, 8, 16, 30].map { rest in
      (piece + Array(repeating: 0x61, count: rest)).withUnsafeBytes {
        PieceCache.Key($0, from: 0, count: count)
      }
    }
    #expect(keys.allSatisfy { $0 == keys[0] })
    var other = piece
    other[count - 1] ^= 1
    #expect(other.withUnsafeBytes { PieceCache.Key($0, from: 0, count: count) } != keys[0])
    let longer = (piece + [0]).prefix(15)
    if longer.count > count {
      #expect(Array(longer).withUnsafeBytes { PieceCache.Key($0, from: 0, count: longer.count) } != keys[0])
    }
  }

  @Test func keepsUpToElevenIDs() {
    let cache = PieceCache(forTextOf: 1000)
    let piece = Array("piece".utf8)
    let key = piece.withUnsafeBytes { PieceCache.Key($0, from: 0, count: piece.count) }
    #expect(find(piece, in: cache) == nil)
    cache.store(key, Array(0..<12)[...])
    #expect(find(piece, in: cache) == nil)
    cache.store(key, Array(1_000_000..<1_000_011)[...])
    #expect(find(piece, in: cache) == Array(1_000_000..<1_000_011))
    #expect(find([0], in: cache) == nil)
  }

  /// The smallest cache has 16 slots: of 200 pieces most are overwritten, and none is taken for another.
  @Test func overwrittenPiecesAreForgotten() {
    let cache = PieceCache(forTextOf: 0)
    let pieces = (0..<200).map { Array("p\($0)".utf8) }
    for (index, piece) in pieces.enumerated() {
      cache.store(piece.withUnsafeBytes { PieceCache.Key($0, from: 0, count: piece.count) }, [index])
    }
    let found = pieces.enumerated().compactMap { index, piece in find(piece, in: cache).map { (index, $0) } }
    #expect(!found.isEmpty && found.count <= 16)
    #expect(found.allSatisfy { $0.1 == [$0.0] })
  }
}

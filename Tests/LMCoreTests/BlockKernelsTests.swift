import Testing

@testable import LMCore

/// Every instruction set's kernels over blocks against `BlockFormat.dequantize` and the product with float32 rows, to the bit.
@Suite struct BlockKernelsTests {
  static let formats = BlockFormat.allCases.filter(\.hasBlocks)

  /// Any bytes are blocks, also those whose scales are infinite or no numbers.
  private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  private static func areSame(_ left: [Float], _ right: [Float]) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
  }

  @Test(arguments: Kernels.available.map(\.name), formats)
  func aRowOfBlocksIsItsWidenedRow(_ name: String, _ format: BlockFormat) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for blocks in 1...5 {
      for rows in [1, 2, 3, 4, 5, 11] {
        for lanes in [1, 2, 3, 7] {
          let depth = blocks * format.weightsPerBlock
          let shift = (blocks + rows) % 4
          let stored = Self.bytes(
            shift + rows * blocks * format.bytesPerBlock, seed: UInt64(blocks * 100 + rows * 10 + lanes))
          var expected = [Float](repeating: 0, count: rows * depth)
          var widened = [Float](repeating: 77, count: rows * depth + 1)
          let x = KernelsTests.numbers(lanes * (depth + 3), seed: 8)
          var (y, wide) = (
            [Float](repeating: 77, count: lanes * (rows + 1)),
            [Float](repeating: 77, count: lanes * (rows + 1))
          )
          stored.withUnsafeBytes { stored in
            let stored = UnsafeRawBufferPointer(rebasing: stored[shift...])
            guard let weights = stored.baseAddress else { return }
            expected.withUnsafeMutableBufferPointer { format.dequantize(stored, into: $0) }
            kernels.widen(&widened, weights, format, count: rows * depth)
            kernels.dotRows(
              &y, stride: rows + 1, x, stride: depth + 3, lanes: lanes, weights: weights, format,
              stride: depth, depth: depth, rows: rows)
          }
          kernels.dotRows(
            &wide, stride: rows + 1, x, stride: depth + 3, lanes: lanes, weights: expected, .float32,
            stride: depth, depth: depth, rows: rows)
          #expect(Self.areSame(widened, expected + [77]), "\(blocks) blocks, \(rows) rows")
          #expect(Self.areSame(y, wide), "\(blocks) blocks, \(rows) rows, \(lanes) lanes")
        }
      }
    }
  }
}

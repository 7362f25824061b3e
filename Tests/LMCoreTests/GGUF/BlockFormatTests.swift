import Foundation
import Testing

@testable import LMCore

/// Weights of blocks against those that gguf-py restores, bit for bit. Scripts/make_gguf_fixtures.py writes both.
@Suite struct BlockFormatTests {
  private static let folder = ReferenceModel.fixtures.path + "/GGUF/"

  private func expected(_ name: String) throws -> [Float] {
    let file = try Data(contentsOf: URL(filePath: Self.folder + name))
    return file.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }

  @Test func everyFormatIsRestoredBitForBit() throws {
    let file = try GGUFFile(path: Self.folder + "blocks.gguf")
    #expect(Set(file.tensorNames) == Set(BlockFormat.allCases.map(\.rawValue)))
    var rest = try expected("blocks.f32")[...]
    for name in file.tensorNames {
      let tensor = try file.tensor(name)
      #expect(tensor.format.rawValue == name && tensor.rows == 2)
      let weights = tensor.dequantized(rows: 0..<2)
      let wanted = rest.prefix(weights.count)
      rest = rest.dropFirst(weights.count)
      let wrong = zip(weights, wanted).enumerated().first { $1.0.bitPattern != $1.1.bitPattern }
      #expect(wrong == nil, "\(name): weight \(wrong?.offset ?? 0) is \(wrong.map { "\($0.element)" } ?? "")")
      #expect(Set(weights.map(\.bitPattern)).count > 50, "\(name) has too few different weights to test much")
      // Row by row, the same.
      #expect(tensor.dequantized(rows: 0..<1) + tensor.dequantized(rows: 1..<2) == weights)
    }
    #expect(rest.isEmpty)
  }

  /// Scales that are infinite or no number: the same weights are no number, and the others are equal.
  @Test func scalesWithoutNumbersGiveWeightsWithoutNumbers() throws {
    let file = try GGUFFile(path: Self.folder + "undefined.gguf")
    var rest = try expected("undefined.f32")[...]
    for name in file.tensorNames {
      let weights = try file.tensor(name).dequantized(rows: 0..<4)
      #expect(zip(weights, rest).allSatisfy(Self.isEqual), "\(name)")
      rest = rest.dropFirst(weights.count)
    }
    #expect(rest.isEmpty)
  }

  @Test func everyHalfIsWidenedExactly() {
    let wrong = (UInt16.min...UInt16.max).first {
      !Self.isEqual(BlockBytes.float(half: $0), Float(Float16(bitPattern: $0)))
    }
    #expect(wrong == nil)
  }

  /// To the bit; of NaN all bits are equal.
  private static func isEqual(_ first: Float, _ second: Float) -> Bool {
    first.bitPattern == second.bitPattern || first.isNaN && second.isNaN
  }

  @Test func sizesAreThoseOfGGML() {
    let sizes = BlockFormat.allCases.map { [$0.weightsPerBlock, $0.bytesPerBlock] }
    #expect(
      sizes == [
        [1, 4], [1, 2], [1, 2], [32, 18], [32, 20], [32, 22], [32, 24], [32, 34], [256, 84], [256, 110],
        [256, 144], [256, 176], [256, 210],
      ])
  }
}

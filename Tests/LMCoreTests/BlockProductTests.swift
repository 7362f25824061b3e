import Testing

@testable import LMCore

/// Products with matrices of every format equal those with the same weights in float32, to the bit.
@Suite struct BlockProductTests {
  private static let inputs = 512
  /// Two chunks of outputs and a part of a tile.
  private static let outputs = 256 + 16 + 3

  /// Random blocks whose scales are numbers.
  private static func bytes(_ format: BlockFormat) -> [UInt8] {
    var random = RandomSource(seed: UInt64(format.bytesPerBlock))
    let bytes = (0..<outputs * format.byteCount(of: inputs)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    guard format.hasBlocks else {
      let numbers = (0..<outputs * inputs).map { _ in Float.random(in: -1...1, using: &random) }
      return numbers.flatMap { number -> [UInt8] in
        switch format {
        case .float32: withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)
        case .float16: withUnsafeBytes(of: Float16(number).bitPattern.littleEndian, Array.init)
        default: Array(withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)[2...])
        }
      }
    }
    // A half with the highest bit of its exponent clear is at most 2 and never infinite.
    let halves: [Int] =
      switch format {
      case .q2K: [81, 83]
      case .q3K: [109]
      case .q6K: [209]
      case .q41, .q51, .q4K, .q5K: [1, 3]
      default: [1]
      }
    return bytes.enumerated().map { index, byte in
      halves.contains(index % format.bytesPerBlock) ? byte & 0xBF : byte
    }
  }

  private static func product(_ weight: StoredTensor, rows: Int, threads: Int, _ kernels: Kernels) -> [UInt32]
  {
    let pool = ThreadPool(threads: threads)
    var random = RandomSource(seed: 7)
    let x = (0..<rows * inputs).map { _ in Float.random(in: -1...1, using: &random) }
    var y = [Float](repeating: 0, count: rows * outputs)
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        let product = RowProduct(
          kernels, x: x, rows: rows, weight: weight, y: y,
          room: RowProduct.Room(threads: pool.threadCount, mostInputs: inputs))
        var joint = JointProduct(product)
        joint.run(on: pool)
      }
    }
    return y.map(\.bitPattern)
  }

  private static func quantized(_ weight: StoredTensor, _ kernels: Kernels) -> [UInt8] {
    var linear = Linear.rows(weight, bias: nil)
    var quantizer = WeightQuantizer(
      kernels, ThreadPool(threads: 2), byteCount: linear.quantizedByteCount,
      sourceBytes: weight.byteCount, releasesSource: false)
    quantizer.quantize(&linear) { _ in }
    return Array(UnsafeRawBufferPointer(start: quantizer.memory.pointer, count: linear.matrixByteCount))
  }

  @Test(arguments: BlockFormat.allCases)
  func aProductIsThatOfTheWidenedWeights(_ format: BlockFormat) {
    let stored = Self.bytes(format)
    var floats = [Float](repeating: 0, count: Self.outputs * Self.inputs)
    stored.withUnsafeBytes { stored in
      floats.withUnsafeMutableBufferPointer { format.dequantize(stored, into: $0) }
    }
    #expect(floats.allSatisfy(\.isFinite) && Set(floats).count > 100)
    stored.withUnsafeBytes { stored in
      floats.withUnsafeBytes { floats in
        guard let stored = stored.baseAddress, let floats = floats.baseAddress else { return }
        let weight = StoredTensor(
          pointer: stored, format: format, rows: Self.outputs, columns: Self.inputs)
        let widened = StoredTensor(
          pointer: floats, format: .float32, rows: Self.outputs, columns: Self.inputs)
        for kernels in Kernels.available {
          for (rows, threads) in [(1, 1), (2, 3), (9, 2)] {
            #expect(
              Self.product(weight, rows: rows, threads: threads, kernels)
                == Self.product(widened, rows: rows, threads: threads, kernels),
              "\(rows) rows, \(threads) threads, \(kernels.name)")
          }
          #expect(Self.quantized(weight, kernels) == Self.quantized(widened, kernels))
        }
      }
    }
  }
}

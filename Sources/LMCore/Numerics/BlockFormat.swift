/// How the weights of a matrix are stored: one by one, or in blocks of 32 or 256 that share their scales.
///
/// The raw value is ggml's name of the type (https://github.com/ggml-org/ggml, ggml-common.h). A row of a matrix consists of whole
/// blocks.
public enum BlockFormat: String, CaseIterable, Sendable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case q40 = "Q4_0"
  case q41 = "Q4_1"
  case q50 = "Q5_0"
  case q51 = "Q5_1"
  case q80 = "Q8_0"
  case q2K = "Q2_K"
  case q3K = "Q3_K"
  case q4K = "Q4_K"
  case q5K = "Q5_K"
  case q6K = "Q6_K"

  /// The formats that store weights one by one.
  static let elements: [BlockFormat] = [.float32, .float16, .bfloat16]

  /// The name in JSON and titles: "f32", "q4_1", "q6_k".
  package var dtype: String { rawValue.lowercased() }

  /// Whether weights share their scales.
  var hasBlocks: Bool { weightsPerBlock > 1 }

  /// Bytes of so many weights, which are whole blocks.
  func byteCount(of weights: Int) -> Int { weights / weightsPerBlock * bytesPerBlock }

  /// Weights a block: 1, 32 or 256.
  public var weightsPerBlock: Int {
    switch self {
    case .float32, .float16, .bfloat16: 1
    case .q40, .q41, .q50, .q51, .q80: 32
    case .q2K, .q3K, .q4K, .q5K, .q6K: 256
    }
  }

  /// Bytes a block.
  public var bytesPerBlock: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .q40: 18
    case .q41: 20
    case .q50: 22
    case .q51: 24
    case .q80: 34
    case .q2K: 84
    case .q3K: 110
    case .q4K: 144
    case .q5K: 176
    case .q6K: 210
    }
  }

  /// Restores the weights of whole blocks as float32.
  ///
  /// The results equal those of ggml and gguf-py bit for bit. All products are exact in float32: a float16 has 11 bits, a scale and a
  /// number at most 12 together. Only the sum with a minimum is rounded, once. Where a scale is infinite or no number, so are
  /// weights; the bits of a NaN depend on the processor.
  ///
  /// - Parameters:
  ///   - blocks: a whole number of blocks one after the other, unaligned.
  ///   - weights: as many as the blocks hold, which is a precondition.
  public func dequantize(_ blocks: UnsafeRawBufferPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let count = blocks.count / bytesPerBlock
    precondition(
      blocks.count == count * bytesPerBlock && weights.count == count * weightsPerBlock,
      "room for the weights of whole blocks")
    guard let source = blocks.baseAddress, let destination = weights.baseAddress else { return }
    let decode = BlockBytes.decoder(of: self)
    for index in 0..<count {
      decode(BlockBytes(start: source + index * bytesPerBlock), destination + index * weightsPerBlock)
    }
  }
}

/// A tensor where it lies in a GGUF file: a matrix [rows, columns], whose rows are whole blocks.
public struct GGUFTensor {
  /// 1 to 63 bytes of UTF-8: `blk.0.attn_q.weight`.
  public let name: String
  /// How the weights are stored.
  public let format: BlockFormat
  /// One to four dimensions as PyTorch names them, the longest strides first: a matrix is [rows, columns]. The file has them the
  /// other way round.
  public let shape: [Int]
  /// The stored blocks, row by row, not copied, with the file's alignment or none; valid as long as this value or the file exists.
  public let bytes: UnsafeRawBufferPointer
  /// Owns the bytes.
  private let owner: AnyObject?

  static let longestName = 63

  init(_ entry: GGUFTensorEntry, bytes: UnsafeRawBufferPointer, owner: AnyObject?) {
    (name, format, shape) = (entry.name, entry.format, entry.shape)
    (self.bytes, self.owner) = (bytes, owner)
  }

  /// Weights a row: the last dimension.
  public var columns: Int { shape[shape.count - 1] }
  /// 1 for a vector.
  public var rows: Int { shape.dropLast().reduce(1, *) }
  /// Bytes of a stored row.
  public var bytesPerRow: Int { columns / format.weightsPerBlock * format.bytesPerBlock }

  /// The stored blocks of some rows.
  ///
  /// - Parameter rows: within 0..<`rows`, which is a precondition.
  public func bytes(ofRows rows: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "rows of the tensor")
    return UnsafeRawBufferPointer(
      rebasing: bytes[rows.lowerBound * bytesPerRow..<rows.upperBound * bytesPerRow])
  }

  /// Restores the weights of some rows as float32; `BlockFormat.dequantize` says how exactly.
  ///
  /// - Parameters:
  ///   - rows: within 0..<`rows`, which is a precondition.
  ///   - weights: room for exactly these rows, [rows.count, columns].
  public func dequantize(rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>) {
    format.dequantize(bytes(ofRows: rows), into: weights)
  }

  /// The weights of some rows as float32, [rows.count, columns].
  ///
  /// - Parameter rows: within 0..<`rows`, which is a precondition.
  public func dequantized(rows: Range<Int>) -> [Float] {
    let count = rows.count * columns
    return [Float](unsafeUninitializedCapacity: count) { weights, initialized in
      dequantize(rows: rows, into: UnsafeMutableBufferPointer(rebasing: weights[..<count]))
      initialized = count
    }
  }
}

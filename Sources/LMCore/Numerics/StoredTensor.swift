/// A tensor where it lies: a matrix [rows, columns], row-major, in memory with another owner; one row for a vector.
///
/// A row is a whole number of the format's blocks. The memory needs no alignment: safetensors promises none.
struct StoredTensor {
  let pointer: UnsafeRawPointer
  let format: BlockFormat
  let rows: Int
  let columns: Int

  var count: Int { rows * columns }
  var bytesPerRow: Int { format.byteCount(of: columns) }
  var byteCount: Int { rows * bytesPerRow }

  /// Where element `column` of row `row` lies.
  ///
  /// - Parameter column: the first of a block.
  func address(row: Int, column: Int = 0) -> UnsafeRawPointer {
    pointer + row * bytesPerRow + format.byteCount(of: column)
  }
}

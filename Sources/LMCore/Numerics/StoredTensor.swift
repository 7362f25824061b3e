/// How the numbers of a tensor are stored.
package enum ElementFormat: String, CaseIterable, Sendable {
  case float32 = "f32"
  case float16 = "f16"
  case bfloat16 = "bf16"

  /// Bytes an element.
  package var size: Int { self == .float32 ? 4 : 2 }
}

/// A tensor where it lies: a matrix [rows, columns], row-major, in memory with another owner; one row for a vector.
///
/// The memory needs no alignment: safetensors promises none.
struct StoredTensor {
  let pointer: UnsafeRawPointer
  let format: ElementFormat
  let rows: Int
  let columns: Int

  var count: Int { rows * columns }
  var byteCount: Int { count * format.size }

  /// Where element `column` of row `row` lies.
  func address(row: Int, column: Int = 0) -> UnsafeRawPointer {
    pointer + (row * columns + column) * format.size
  }
}

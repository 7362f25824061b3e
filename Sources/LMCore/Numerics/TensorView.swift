/// How numbers of a tensor are stored.
public enum ElementType: String, CaseIterable, Sendable {
  case float32 = "f32"
  case float16 = "f16"
  case bfloat16 = "bf16"

  /// Bytes an element.
  public var size: Int { self == .float32 ? 4 : 2 }
}

/// A matrix [rows, columns], row-major, in memory that somebody else keeps alive; one row for a vector.
///
/// The memory needs no alignment: safetensors promises none.
struct TensorView {
  let pointer: UnsafeRawPointer
  let type: ElementType
  let rows: Int
  let columns: Int

  var count: Int { rows * columns }
  var byteCount: Int { count * type.size }

  /// Where element `column` of row `row` lies.
  func address(row: Int, column: Int = 0) -> UnsafeRawPointer {
    pointer + (row * columns + column) * type.size
  }
}

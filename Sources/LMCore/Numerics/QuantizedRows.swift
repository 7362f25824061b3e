import CKernels

/// Room for rows of numbers in 8 bits, each group of them with its scale: what an int8 product multiplies weights with.
final class QuantizedRows {
  /// Where the rows are, each of `groups` groups.
  struct Room {
    /// [rows, groups * groupInputs]
    var values: UnsafeMutablePointer<Int8>
    /// [rows, groups]
    var scales: UnsafeMutablePointer<Float>
    /// [rows, groups]
    var offsets: UnsafeMutablePointer<Int32>
    var groups: Int

    var view: ck_quantized_rows {
      ck_quantized_rows(values: values, scales: scales, offsets: offsets, groups: groups)
    }
  }

  private var memory = SystemMemory(byteCount: 1)
  private var valueCount = 0

  /// Room for rows of `count` numbers, in the memory of what was reserved before; allocates where that is too small.
  func reserve(rows: Int, count: Int) -> Room {
    let groups = QuantizedMatrix.groups(count)
    let needed = rows * groups * QuantizedMatrix.groupInputs
    if needed > valueCount {
      // Beside each group's bytes 8 more: a scale and an offset.
      memory = SystemMemory(byteCount: needed + 8 * rows * groups)
      valueCount = needed
    }
    let scales = memory.pointer + needed
    return Room(
      values: memory.pointer.assumingMemoryBound(to: Int8.self),
      scales: scales.assumingMemoryBound(to: Float.self),
      offsets: (scales + 4 * rows * groups).assumingMemoryBound(to: Int32.self), groups: groups)
  }
}

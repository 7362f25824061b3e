import COpenBLAS

/// float32 matrix products by OpenBLAS.
///
/// It sums in an order of its own that depends on the shapes, so its floats differ from those of `Kernels` in the
/// last bits. Stepping must be exact to the bit and uses `Kernels` alone; where many rows are wanted at once and
/// nothing is stepped from them, as in scoring a text, OpenBLAS reads the weights once for all rows.
enum BLAS {
  /// Y = X · Wᵀ. X [M, K], W [N, K], Y [M, N] with rows `yStride` apart.
  static func multiplyByTransposed(
    _ x: UnsafePointer<Float>, rows: Int, _ weight: UnsafePointer<Float>, outputs: Int, depth: Int,
    into y: UnsafeMutablePointer<Float>, yStride: Int, threads: Int
  ) {
    _ = OpenBLASCore.name  // chosen before the first product
    multiply(x, rows, weight, outputs, depth, into: y, stride: yStride, threads: threads)
  }

  /// The same on whatever core OpenBLAS has now.
  static func multiply(
    _ x: UnsafePointer<Float>, _ rows: Int, _ weight: UnsafePointer<Float>, _ outputs: Int, _ depth: Int,
    into y: UnsafeMutablePointer<Float>, stride: Int, threads: Int
  ) {
    openblas_set_num_threads(Int32(threads))
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(outputs), blasint(depth), 1, x,
      blasint(depth), weight, blasint(depth), 0, y, blasint(stride))
  }
}

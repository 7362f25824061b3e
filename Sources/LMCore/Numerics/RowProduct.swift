/// y = x · Wᵀ with the rows of a matrix [O, I], as wte and lm_head lie: x [T, I], y [T, O].
struct RowProduct {
  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: StoredTensor
  let y: UnsafeMutablePointer<Float>
  private var outputsPerChunk: Int { rows <= 6 ? 256 : 64 }

  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, rows: Int, weight: StoredTensor,
    y: UnsafeMutablePointer<Float>
  ) {
    self.kernels = kernels
    self.x = x
    self.rows = rows
    self.weight = weight
    self.y = y
  }

  mutating func run(on pool: ThreadPool) {
    let chunks = (weight.rows + outputsPerChunk - 1) / outputsPerChunk
    pool.run(chunks: chunks, &self) { raw, chunk, _ in
      raw.assumingMemoryBound(to: RowProduct.self).pointee.compute(chunk)
    }
  }

  private func compute(_ chunk: Int) {
    let first = chunk * outputsPerChunk
    kernels.dotRows(
      y + first, stride: weight.rows, x, stride: weight.columns, lanes: rows,
      weights: weight.address(row: first), weight.format, stride: weight.columns, depth: weight.columns,
      rows: min(outputsPerChunk, weight.rows - first))
  }
}

/// y = f(x · Wᵀ + b) with the rows of a matrix [O, I], as most checkpoints store it: x [T, I], y [T, O]. Bias, activation and
/// residual follow while the chunk's results are in the cache.
struct RowProduct {
  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: StoredTensor
  let bias: UnsafePointer<Float>?
  let y: UnsafeMutablePointer<Float>
  var activation: ActivationFunction?
  /// What the product is added to, [T, O]; y is then only room for it.
  var residual: UnsafeMutablePointer<Float>?
  private var outputsPerChunk: Int { rows <= 6 ? 256 : 64 }

  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, rows: Int, weight: StoredTensor,
    bias: UnsafePointer<Float>? = nil, y: UnsafeMutablePointer<Float>
  ) {
    self.kernels = kernels
    self.x = x
    self.rows = rows
    self.weight = weight
    self.bias = bias
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
    let outputs = min(outputsPerChunk, weight.rows - first)
    kernels.dotRows(
      y + first, stride: weight.rows, x, stride: weight.columns, lanes: rows,
      weights: weight.address(row: first), weight.format, stride: weight.columns, depth: weight.columns,
      rows: outputs)
    guard bias != nil || activation != nil || residual != nil else { return }
    for row in 0..<rows {
      let place = row * weight.rows + first
      if let bias { kernels.add(y + place, bias + first, count: outputs) }
      if let activation { kernels.activate(y + place, activation, count: outputs) }
      if let residual { kernels.add(residual + place, y + place, count: outputs) }
    }
  }
}

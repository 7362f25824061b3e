/// y = x · W + b with Conv1D weights, and what follows it in the same pass over y.
///
/// T rows of x [T, I], W [I, O], y [T, O]. Every output is a sum over I in order, started from the bias, whether
/// T is 1 or 256 and however many threads work: a prompt fed at once and token by token gives the same bits.
struct ColumnProduct {
  /// Up to so many rows the weights are read where they lie; above, tile by tile through a scratch buffer.
  static let mostDirectRows = 6
  static let tileColumns = 64
  /// Inputs a tile: 64 KB of floats, which stay in the second-level cache while all rows pass over them.
  static let tileDepth = 256

  let kernels: Kernels
  let x: UnsafePointer<Float>
  let xStride: Int
  let rows: Int
  let weight: TensorView
  let bias: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  var activation: ActivationFunction?
  /// Where y is added to, [T, O] with rows `residualStride` apart.
  var residual: UnsafeMutablePointer<Float>?
  var residualStride = 0
  /// `tileColumns` * `tileDepth` floats for each thread.
  let scratch: UnsafeMutablePointer<Float>

  private var columnsPerChunk = 0
  private var rowsPerChunk = 0
  private var columnChunks = 0

  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, stride xStride: Int, rows: Int, weight: TensorView,
    bias: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    self.kernels = kernels
    self.x = x
    self.xStride = xStride
    self.rows = rows
    self.weight = weight
    self.bias = bias
    self.y = y
    self.yStride = weight.columns
    self.scratch = scratch
  }

  mutating func run(on pool: ThreadPool) {
    let columns = weight.columns
    if rows <= Self.mostDirectRows {
      // 384 columns are what one row's accumulators hold in registers.
      let share = (columns + pool.threadCount - 1) / pool.threadCount
      columnsPerChunk = min((share + 63) / 64 * 64, 384)
      rowsPerChunk = rows
    } else {
      columnsPerChunk = Self.tileColumns
      let tiles = (columns + Self.tileColumns - 1) / Self.tileColumns
      let parts = min((4 * pool.threadCount + tiles - 1) / tiles, (rows + 23) / 24)
      rowsPerChunk = ((rows + parts - 1) / parts + 5) / 6 * 6
    }
    columnChunks = (columns + columnsPerChunk - 1) / columnsPerChunk
    let rowChunks = (rows + rowsPerChunk - 1) / rowsPerChunk
    pool.run(chunks: columnChunks * rowChunks, &self) { raw, chunk, thread in
      raw.assumingMemoryBound(to: ColumnProduct.self).pointee.compute(chunk, thread: thread)
    }
  }

  private func compute(_ chunk: Int, thread: Int) {
    let column = chunk % columnChunks * columnsPerChunk
    let firstRow = chunk / columnChunks * rowsPerChunk
    let columns = min(columnsPerChunk, weight.columns - column)
    let rows = min(rowsPerChunk, self.rows - firstRow)
    let x = x + firstRow * xStride
    let y = y + firstRow * yStride + column
    for row in 0..<rows { (y + row * yStride).update(from: bias + column, count: columns) }
    if self.rows <= Self.mostDirectRows {
      kernels.accumulateColumns(
        y, stride: yStride, x, stride: xStride, lanes: rows, weights: weight.address(row: 0, column: column),
        weight.type, stride: weight.columns, depth: weight.rows, columns: columns)
    } else {
      accumulateTiles(y, x, rows: rows, column: column, columns: columns, thread: thread)
    }
    for row in 0..<rows {
      if let activation { kernels.activate(y + row * yStride, activation, count: columns) }
      if let residual {
        let to = residual + (firstRow + row) * residualStride + column
        kernels.add(to, y + row * yStride, count: columns)
      }
    }
  }

  private func accumulateTiles(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, rows: Int, column: Int, columns: Int,
    thread: Int
  ) {
    let tile = scratch + thread * Self.tileColumns * Self.tileDepth
    var start = 0
    while start < weight.rows {
      let depth = min(Self.tileDepth, weight.rows - start)
      for row in 0..<depth {
        kernels.widen(
          tile + row * Self.tileColumns, weight.address(row: start + row, column: column), weight.type,
          count: columns)
      }
      kernels.accumulateColumns(
        y, stride: yStride, x + start, stride: xStride, lanes: rows, weights: tile, .float32,
        stride: Self.tileColumns, depth: depth, columns: columns)
      start += depth
    }
  }
}

/// y = x · Wᵀ with the rows of a matrix [O, I], as wte and lm_head lie: x [T, I], y [T, O].
struct RowProduct {
  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: TensorView
  let y: UnsafeMutablePointer<Float>
  private var outputsPerChunk: Int { rows <= 6 ? 256 : 64 }

  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, rows: Int, weight: TensorView, y: UnsafeMutablePointer<Float>
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
      weights: weight.address(row: first), weight.type, stride: weight.columns, depth: weight.columns,
      rows: min(outputsPerChunk, weight.rows - first))
  }
}

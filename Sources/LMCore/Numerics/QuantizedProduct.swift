/// y = f(x · W + b) with weights in 8 bits, bias and ending fused into one pass over y.
///
/// T rows of x [T, I], y [T, O]. A row's numbers are turned into 8 bits group by group; products within a group are exact, and
/// an output's groups are summed in order, started from the bias: as with `ColumnProduct`, neither T nor
/// threads change a bit.
struct QuantizedProduct {
  /// Rows at once that are not worth waking a thread for.
  private static let fewRows = 4

  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: QuantizedMatrix
  /// nil for zeros.
  let bias: UnsafePointer<Float>?
  let y: UnsafeMutablePointer<Float>
  var ending = ProductEnding()

  /// x in 8 bits.
  private let quantized: QuantizedRows.Room
  private var columnsPerChunk = 0
  private var rowsPerChunk = 0
  private var columnChunks = 0

  /// - Parameter room: for x in 8 bits, until the product is done.
  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, rows: Int, weight: QuantizedMatrix,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>, room: QuantizedRows
  ) {
    self.kernels = kernels
    self.x = x
    self.rows = rows
    self.weight = weight
    self.bias = bias
    self.y = y
    quantized = room.reserve(rows: rows, count: weight.inputs)
  }

  mutating func run(on pool: ThreadPool) {
    if rows <= Self.fewRows {
      for row in 0..<rows { quantize(row) }
    } else {
      pool.run(chunks: rows, &self) { raw, row, _ in
        raw.assumingMemoryBound(to: QuantizedProduct.self).pointee.quantize(row)
      }
    }
    if rows <= Self.fewRows {
      // As many chunks for each thread, so that none waits for another's last.
      let share = (weight.outputs + pool.threadCount - 1) / pool.threadCount
      let chunks = (share + 511) / 512
      columnsPerChunk = (share + 64 * chunks - 1) / (64 * chunks) * 64
      rowsPerChunk = rows
    } else {
      columnsPerChunk = 96
      let strips = (weight.outputs + columnsPerChunk - 1) / columnsPerChunk
      let parts = min((4 * pool.threadCount + strips - 1) / strips, (rows + 15) / 16)
      rowsPerChunk = ((rows + parts - 1) / parts + 3) / 4 * 4
    }
    columnChunks = (weight.outputs + columnsPerChunk - 1) / columnsPerChunk
    let rowChunks = (rows + rowsPerChunk - 1) / rowsPerChunk
    pool.run(chunks: columnChunks * rowChunks, &self) { raw, chunk, _ in
      raw.assumingMemoryBound(to: QuantizedProduct.self).pointee.compute(chunk)
    }
  }

  private func quantize(_ row: Int) {
    kernels.quantizeRow(quantized, row: row, x + row * weight.inputs, count: weight.inputs)
  }

  private func compute(_ chunk: Int) {
    let column = chunk % columnChunks * columnsPerChunk
    let firstRow = chunk / columnChunks * rowsPerChunk
    let columns = min(columnsPerChunk, weight.outputs - column)
    let rows = min(rowsPerChunk, self.rows - firstRow)
    let y = y + firstRow * weight.outputs + column
    for row in 0..<rows {
      let to = y + row * weight.outputs
      if let bias {
        to.update(from: bias + column, count: columns)
      } else {
        to.update(repeating: 0, count: columns)
      }
    }
    kernels.accumulateQuantized(
      y, stride: weight.outputs, quantized.view, first: firstRow, lanes: rows,
      weights: weight.block(output: column), columns: columns)
    for row in 0..<rows {
      ending.apply(
        kernels, to: y + row * weight.outputs, at: (firstRow + row) * weight.outputs + column, count: columns)
    }
  }
}

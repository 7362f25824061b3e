/// y = x · W + b with Conv1D weights, and what follows it in the same pass over y.
///
/// x [T, I], W [I, O], y [T, O], T rows without gaps. The inputs are cut into `parts` of equal length. Every output is
/// the bias plus the parts' sums, one after the other, each summed over its inputs in the kernels' order from zero, whether T
/// is 1 or 256 and however many threads work: a prompt fed at once and token by token gives the same bits. A part of W lies in
/// one piece, so threads that take part after part read memory in long streams, which is what it is fast at.
struct ColumnProduct {
  private static let parts = 8
  /// Up to so many rows the weights are read where they lie; above, tile by tile through a buffer.
  private static let mostDirectRows = 6
  private static let tileColumns = 64
  /// How early the rows of a tile are fetched.
  private static let rowsAhead = 16
  /// Outputs whose parts are worth waking a thread to add up.
  private static let fewOutputs = 1024

  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: TensorView
  let bias: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  var activation: ActivationFunction?
  /// Where y is added to, [T, O].
  var residual: UnsafeMutablePointer<Float>?
  private let room: Room
  /// Inputs of a part; the last may have fewer.
  private let depth: Int

  private var columnsPerChunk = 0
  private var rowsPerChunk = 0
  private var columnChunks = 0

  /// What products need beside their operands, for weights of at most so many inputs and outputs.
  final class Room {
    fileprivate let tileSize: Int
    /// For each thread a tile [depth, tileColumns].
    fileprivate let tiles: FloatBuffer
    /// Sums of the parts [parts, T, O], T at most `mostDirectRows`.
    fileprivate let sums: FloatBuffer
    /// x as tiles are multiplied with, part by part [T, depth], in the kernels' order: rows that follow each other are read
    /// together. Never written where weights are in 8 bits.
    fileprivate var arrangedRows: UnsafeMutablePointer<Float> {
      arranged.pointer.assumingMemoryBound(to: Float.self)
    }
    private let arranged: SystemMemory

    init(threads: Int, mostRows: Int, mostInputs: Int, mostOutputs: Int) {
      arranged = SystemMemory(byteCount: 4 * mostRows * mostInputs)
      tileSize = ColumnProduct.tileColumns * ColumnProduct.depth(inputs: mostInputs)
      tiles = FloatBuffer(count: threads * tileSize)
      sums = FloatBuffer(count: ColumnProduct.parts * ColumnProduct.mostDirectRows * mostOutputs)
    }
  }

  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, rows: Int, weight: TensorView,
    bias: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, room: Room
  ) {
    self.kernels = kernels
    self.x = x
    self.rows = rows
    self.weight = weight
    self.bias = bias
    self.y = y
    self.room = room
    depth = Self.depth(inputs: weight.rows)
  }

  private var inputs: Int { weight.rows }
  private var outputs: Int { weight.columns }

  /// A multiple of what the kernels read at once.
  private static func depth(inputs: Int) -> Int { max((inputs + 8 * parts - 1) / (8 * parts) * 8, 32) }

  mutating func run(on pool: ThreadPool) {
    if rows <= Self.mostDirectRows {
      sumParts(on: pool)
      addParts(on: pool)
    } else {
      multiplyTiles(on: pool)
    }
  }

  // MARK: A few rows

  private var partCount: Int { (inputs + depth - 1) / depth }

  private mutating func sumParts(on pool: ThreadPool) {
    // As few pieces of a part as give every thread the same number of them.
    let pieces = pool.threadCount / greatestCommonDivisor(pool.threadCount, partCount)
    split(columns: (outputs + pieces - 1) / pieces)
    pool.run(chunks: columnChunks * partCount, &self) { raw, chunk, _ in
      raw.assumingMemoryBound(to: ColumnProduct.self).pointee.sumPart(chunk)
    }
  }

  private func sumPart(_ chunk: Int) {
    let (part, piece) = chunk.quotientAndRemainder(dividingBy: columnChunks)
    let columns = columns(of: piece)
    let first = part * depth
    let sums = sums(of: part, row: 0) + columns.lowerBound
    kernels.sumColumns(
      sums, stride: outputs, x + first, stride: inputs, lanes: rows,
      weights: weight.address(row: first, column: columns.lowerBound), weight.type, stride: outputs,
      depth: min(depth, inputs - first), columns: columns.count)
  }

  private mutating func addParts(on pool: ThreadPool) {
    let isShort = rows * outputs <= Self.fewOutputs
    split(columns: isShort ? outputs : (outputs + pool.threadCount - 1) / pool.threadCount)
    pool.run(chunks: columnChunks, &self) { raw, chunk, _ in
      let job = raw.assumingMemoryBound(to: ColumnProduct.self)
      let columns = job.pointee.columns(of: chunk)
      for row in 0..<job.pointee.rows { job.pointee.addParts(row: row, columns) }
    }
  }

  private func addParts(row: Int, _ columns: Range<Int>) {
    let y = y + row * outputs + columns.lowerBound
    y.update(from: bias + columns.lowerBound, count: columns.count)
    for part in 0..<partCount {
      kernels.add(y, sums(of: part, row: row) + columns.lowerBound, count: columns.count)
    }
    finish(row: row, columns)
  }

  private func sums(of part: Int, row: Int) -> UnsafeMutablePointer<Float> {
    room.sums.pointer + (part * rows + row) * outputs
  }

  // MARK: Many rows

  private mutating func multiplyTiles(on pool: ThreadPool) {
    pool.run(chunks: rows, &self) { raw, row, _ in
      raw.assumingMemoryBound(to: ColumnProduct.self).pointee.arrange(row: row)
    }
    split(columns: Self.tileColumns)
    let wanted = min((4 * pool.threadCount + columnChunks - 1) / columnChunks, (rows + 23) / 24)
    rowsPerChunk = ((rows + wanted - 1) / wanted + 5) / 6 * 6
    let rowChunks = (rows + rowsPerChunk - 1) / rowsPerChunk
    pool.run(chunks: columnChunks * rowChunks, &self) { raw, chunk, thread in
      raw.assumingMemoryBound(to: ColumnProduct.self).pointee.multiplyTiles(chunk, thread: thread)
    }
  }

  private func arrange(row: Int) {
    for start in stride(from: 0, to: inputs, by: depth) {
      let depth = min(depth, inputs - start)
      Kernels.arrange(room.arrangedRows + start * rows + row * depth, x + row * inputs + start, depth: depth)
    }
  }

  private func multiplyTiles(_ chunk: Int, thread: Int) {
    let columns = columns(of: chunk % columnChunks)
    let firstRow = chunk / columnChunks * rowsPerChunk
    let chunkRows = firstRow..<min(firstRow + rowsPerChunk, rows)
    let tile = room.tiles.pointer + thread * room.tileSize
    let y = y + columns.lowerBound
    for row in chunkRows { (y + row * outputs).update(from: bias + columns.lowerBound, count: columns.count) }
    for start in stride(from: 0, to: inputs, by: depth) {
      let depth = min(depth, inputs - start)
      for k in start..<start + depth {
        // Every row lies in other pages, which the CPU does not foresee.
        if k + Self.rowsAhead < inputs {
          prefetch(
            weight.address(row: k + Self.rowsAhead, column: columns.lowerBound),
            bytes: columns.count * weight.type.size)
        }
        kernels.widen(
          tile + Kernels.place(ofInput: k - start, depth: depth) * Self.tileColumns,
          weight.address(row: k, column: columns.lowerBound), weight.type, count: columns.count)
      }
      kernels.addColumns(
        y + firstRow * outputs, stride: outputs, room.arrangedRows + start * rows + firstRow * depth,
        stride: depth, lanes: chunkRows.count, weights: tile, stride: Self.tileColumns, depth: depth,
        columns: columns.count)
    }
    for row in chunkRows { finish(row: row, columns) }
  }

  // MARK: Both

  private mutating func split(columns: Int) {
    columnsPerChunk = (columns + 15) / 16 * 16
    columnChunks = (outputs + columnsPerChunk - 1) / columnsPerChunk
  }

  private func columns(of chunk: Int) -> Range<Int> {
    let first = chunk * columnsPerChunk
    return first..<min(first + columnsPerChunk, outputs)
  }

  /// What follows the product.
  private func finish(row: Int, _ columns: Range<Int>) {
    let y = y + row * outputs + columns.lowerBound
    if let activation { kernels.activate(y, activation, count: columns.count) }
    if let residual {
      kernels.add(residual + row * outputs + columns.lowerBound, y, count: columns.count)
    }
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

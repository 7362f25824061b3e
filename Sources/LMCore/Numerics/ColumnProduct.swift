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
  /// Outputs whose parts are worth waking a thread to add up.
  private static let fewOutputs = 1024

  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: TensorView
  let bias: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  var activation: ActivationFunction?
  /// What the product is added to, [T, O]; y is then only room for it.
  var residual: UnsafeMutablePointer<Float>?
  private let room: Room
  /// Inputs of a part; the last may have fewer.
  private let depth: Int

  private var columnsPerChunk = 0
  private var columnChunks = 0
  private var groupsPerChunk = 0

  /// What products need beside their operands, for weights of at most so many inputs and outputs.
  final class Room {
    fileprivate let tileSize: Int
    /// For each thread a tile [depth, tileColumns].
    fileprivate let tiles: FloatBuffer
    fileprivate let resultSize: Int
    /// For each thread the rows of a prompt in a tile's columns [rows, tileColumns].
    fileprivate let results: SystemMemory
    /// Sums of the parts [parts, T, O], T at most `mostDirectRows`.
    fileprivate let sums: FloatBuffer
    /// x as tiles are multiplied with, part by part [groups, depth, tileRows]. Never written where weights are in 8 bits.
    fileprivate let arranged: SystemMemory

    init(threads: Int, mostRows: Int, mostInputs: Int, mostOutputs: Int) {
      let rows = ColumnProduct.groups(rows: mostRows) * Kernels.tileRows
      arranged = SystemMemory(byteCount: 4 * rows * mostInputs)
      tileSize = Kernels.tileColumns * ColumnProduct.depth(inputs: mostInputs)
      tiles = FloatBuffer(count: threads * tileSize)
      resultSize = Kernels.tileColumns * rows
      results = SystemMemory(byteCount: 4 * threads * resultSize)
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
    if let activation { kernels.activate(y, activation, count: columns.count) }
    if let residual { kernels.add(residual + row * outputs + columns.lowerBound, y, count: columns.count) }
  }

  private func sums(of part: Int, row: Int) -> UnsafeMutablePointer<Float> {
    room.sums.pointer + (part * rows + row) * outputs
  }

  // MARK: Many rows

  private static func groups(rows: Int) -> Int { (rows + Kernels.tileRows - 1) / Kernels.tileRows }
  private var groups: Int { Self.groups(rows: rows) }

  private mutating func multiplyTiles(on pool: ThreadPool) {
    pool.run(chunks: groups, &self) { raw, group, _ in
      raw.assumingMemoryBound(to: ColumnProduct.self).pointee.arrange(group: group)
    }
    split(columns: Kernels.tileColumns)
    let wanted = min((4 * pool.threadCount + columnChunks - 1) / columnChunks, (groups + 3) / 4)
    groupsPerChunk = (groups + wanted - 1) / wanted
    let rowChunks = (groups + groupsPerChunk - 1) / groupsPerChunk
    pool.run(chunks: columnChunks * rowChunks, &self) { raw, chunk, thread in
      raw.assumingMemoryBound(to: ColumnProduct.self).pointee.multiplyTiles(chunk, thread: thread)
    }
  }

  /// A group of rows from input `start` on, as tiles are multiplied with.
  private func arranged(group: Int, from start: Int, depth: Int) -> UnsafeMutablePointer<Float> {
    let place = (start * groups + group * depth) * Kernels.tileRows
    return room.arranged.pointer.assumingMemoryBound(to: Float.self) + place
  }

  private func arrange(group: Int) {
    let row = group * Kernels.tileRows
    for start in stride(from: 0, to: inputs, by: depth) {
      let depth = min(depth, inputs - start)
      Kernels.arrange(
        arranged(group: group, from: start, depth: depth), x + row * inputs + start, stride: inputs,
        rows: min(Kernels.tileRows, rows - row), depth: depth)
    }
  }

  private func multiplyTiles(_ chunk: Int, thread: Int) {
    let columns = columns(of: chunk % columnChunks)
    let firstGroup = chunk / columnChunks * groupsPerChunk
    let chunkGroups = min(groupsPerChunk, groups - firstGroup)
    let firstRow = firstGroup * Kernels.tileRows
    let chunkRows = min(chunkGroups * Kernels.tileRows, rows - firstRow)
    let tile = room.tiles.pointer + thread * room.tileSize
    let result = room.results.pointer.assumingMemoryBound(to: Float.self) + thread * room.resultSize
    for row in 0..<chunkRows {
      (result + row * Kernels.tileColumns).update(from: bias + columns.lowerBound, count: columns.count)
    }
    for start in stride(from: 0, to: inputs, by: depth) {
      let depth = min(depth, inputs - start)
      kernels.fillTile(
        tile, weight.address(row: start, column: columns.lowerBound), weight.type, stride: outputs,
        depth: depth, following: inputs - start - depth, columns: columns.count)
      kernels.addTile(
        result, arranged(group: firstGroup, from: start, depth: depth), groups: chunkGroups, tile: tile,
        depth: depth, columns: columns.count)
    }
    if let activation { kernels.activate(result, activation, count: chunkRows * Kernels.tileColumns) }
    for row in 0..<chunkRows {
      let result = result + row * Kernels.tileColumns
      let target = (firstRow + row) * outputs + columns.lowerBound
      if let residual {
        kernels.add(residual + target, result, count: columns.count)
      } else {
        (y + target).update(from: result, count: columns.count)
      }
    }
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
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

/// y = f(x · W + b) with weights [I, O], bias and ending fused into one pass over y.
///
/// x [T, I], W [I, O], y [T, O], T rows without gaps. The inputs are cut into parts. Every output is
/// the bias plus the parts' sums, one after the other, each summed over its inputs in the kernels' order from zero, whether T
/// is 1 or 256 and however many threads work: a prompt fed at once and token by token gives the same bits. A part of W lies in
/// one piece, so threads that take part after part read memory in long streams, which is what it is fast at.
struct ColumnProduct {
  /// Where the parts begin, in 32nds of the inputs. Short ones come last, so that threads end together.
  private static let bounds = [0, 6, 12, 17, 22, 26, 29, 31, 32]
  private static let parts = bounds.count - 1
  /// Up to so many rows the weights are read where they lie; above, tile by tile through a buffer.
  private static let mostDirectRows = 24
  /// So many sums at most, of the rows that read a piece of the columns together, stay in a core's first-level cache.
  private static let cachedSums = 10 * 1024
  /// Up to so many rows read the weights together, more of them six by six.
  private static let mostRowsTogether = 12
  /// Floats between the rows of sums: rows whose distance is a power of two would share few lines of a cache.
  private static let sumPadding = 16
  /// Outputs whose parts are worth waking a thread to add up.
  private static let fewOutputs = 1024

  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: StoredTensor
  let bias: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  var ending = ProductEnding()
  private let room: Room

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
    /// Sums of the parts [parts, T, O + padding], T at most `mostDirectRows`.
    fileprivate let sums: SystemMemory
    /// x as tiles are multiplied with, part by part [groups, depth, tileRows]. Never written where weights are in 8 bits.
    fileprivate let arranged: SystemMemory

    init(threads: Int, mostRows: Int, mostInputs: Int, mostOutputs: Int) {
      let rows = ColumnProduct.groups(rows: mostRows) * Kernels.tileRows
      arranged = SystemMemory(byteCount: 4 * rows * mostInputs)
      tileSize = Kernels.tileColumns * ColumnProduct.mostDepth(inputs: mostInputs)
      tiles = FloatBuffer(count: threads * tileSize)
      resultSize = Kernels.tileColumns * rows
      results = SystemMemory(byteCount: 4 * threads * resultSize)
      let sumCount =
        ColumnProduct.parts * ColumnProduct.mostDirectRows * (mostOutputs + ColumnProduct.sumPadding)
      sums = SystemMemory(byteCount: 4 * sumCount)
    }
  }

  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, rows: Int, weight: StoredTensor,
    bias: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, room: Room
  ) {
    self.kernels = kernels
    self.x = x
    self.rows = rows
    self.weight = weight
    self.bias = bias
    self.y = y
    self.room = room
  }

  private var inputs: Int { weight.rows }
  private var outputs: Int { weight.columns }

  /// The inputs of a part: none where there are few.
  private func part(_ index: Int) -> Range<Int> {
    func bound(_ index: Int) -> Int {
      index == Self.parts ? inputs : Self.bounds[index] * inputs / 32 / 8 * 8
    }
    return bound(index)..<bound(index + 1)
  }

  /// No part has more inputs.
  private static func mostDepth(inputs: Int) -> Int { inputs / 4 + 8 }

  mutating func run(on pool: ThreadPool) {
    if rows <= Self.mostDirectRows {
      sumParts(on: pool)
      addParts(on: pool)
    } else {
      multiplyTiles(on: pool)
    }
  }

  // MARK: A few rows

  private mutating func sumParts(on pool: ThreadPool) {
    // Two threads share the parts of a piece.
    let together = rows <= Self.mostRowsTogether ? rows : 6
    let pieces = max((pool.threadCount + 1) / 2, (together * outputs + Self.cachedSums - 1) / Self.cachedSums)
    split(columns: (outputs + pieces - 1) / pieces)
    pool.run(chunks: columnChunks * Self.parts, &self) { raw, chunk, _ in
      raw.assumingMemoryBound(to: ColumnProduct.self).pointee.sumPart(chunk)
    }
  }

  private func sumPart(_ chunk: Int) {
    let (index, piece) = chunk.quotientAndRemainder(dividingBy: columnChunks)
    let (part, columns) = (part(index), columns(of: piece))
    kernels.sumColumns(
      sums(of: index, row: 0) + columns.lowerBound, stride: outputs + Self.sumPadding, x + part.lowerBound,
      stride: inputs, lanes: rows,
      weights: weight.address(row: part.lowerBound, column: columns.lowerBound), weight.format,
      stride: outputs, depth: part.count, columns: columns.count)
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
    for part in 0..<Self.parts {
      kernels.add(y, sums(of: part, row: row) + columns.lowerBound, count: columns.count)
    }
    ending.apply(kernels, to: y, at: row * outputs + columns.lowerBound, count: columns.count)
  }

  private func sums(of part: Int, row: Int) -> UnsafeMutablePointer<Float> {
    room.sums.pointer.assumingMemoryBound(to: Float.self) + (part * rows + row) * (outputs + Self.sumPadding)
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

  /// A group of rows of x, in a part of the inputs, as tiles are multiplied with.
  private func arranged(group: Int, _ part: Range<Int>) -> UnsafeMutablePointer<Float> {
    let place = (part.lowerBound * groups + group * part.count) * Kernels.tileRows
    return room.arranged.pointer.assumingMemoryBound(to: Float.self) + place
  }

  private func arrange(group: Int) {
    let row = group * Kernels.tileRows
    for index in 0..<Self.parts {
      let part = part(index)
      Kernels.arrange(
        arranged(group: group, part), x + row * inputs + part.lowerBound, stride: inputs,
        rows: min(Kernels.tileRows, rows - row), depth: part.count)
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
    for index in 0..<Self.parts {
      let part = part(index)
      kernels.fillTile(
        tile, weight.address(row: part.lowerBound, column: columns.lowerBound), weight.format,
        stride: outputs,
        depth: part.count, following: inputs - part.upperBound, columns: columns.count)
      kernels.addTile(
        result, arranged(group: firstGroup, part), groups: chunkGroups, tile: tile, depth: part.count,
        columns: columns.count)
    }
    for row in 0..<chunkRows {
      let result = result + row * Kernels.tileColumns
      let target = (firstRow + row) * outputs + columns.lowerBound
      ending.apply(kernels, to: result, at: target, count: columns.count)
      if ending.residual == nil { (y + target).update(from: result, count: columns.count) }
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

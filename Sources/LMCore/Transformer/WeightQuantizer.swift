import Glibc

/// Turns a model's matrices into 8 bits, one after the other, and releases the pages that each was read from
/// (`MADV_DONTNEED`): at no time are both forms of the model in memory.
struct WeightQuantizer {
  /// What is read, turned into 8 bits and released before the next.
  private static let sliceBytes = 16 << 20
  /// Rows of weights [out, in] that a thread turns into 8 bits at a time.
  private static let rowsPerChunk = 4 * QuantizedMatrix.blockOutputs

  private let kernels: Kernels
  private let pool: ThreadPool
  private let releasesSource: Bool
  private let sourceBytes: Int
  private var done = 0
  private var used = 0
  /// Holds all that was made; must outlive it.
  let memory: SystemMemory

  /// - Parameters:
  ///   - byteCount: what the matrices take in 8 bits.
  ///   - sourceBytes: what they take as they are stored.
  ///   - releasesSource: whether they are in a mapped file, whose pages come back when they are needed.
  init(_ kernels: Kernels, _ pool: ThreadPool, byteCount: Int, sourceBytes: Int, releasesSource: Bool) {
    self.kernels = kernels
    self.pool = pool
    self.sourceBytes = sourceBytes
    self.releasesSource = releasesSource
    memory = SystemMemory(byteCount: byteCount, hasLargePages: true)
  }

  /// Turns a layer's matrix into 8 bits, where it is not.
  mutating func quantize(_ linear: inout Linear, progress: (Double) -> Void) {
    switch linear {
    case .columns(let matrix, let bias):
      linear = .quantized(quantizeColumns(matrix, progress: progress), bias: bias)
    case .rows(let matrix, let bias):
      linear = .quantized(quantizeRows(matrix, progress: progress), bias: bias)
    case .quantized: break
    }
  }

  /// Weights [in, out].
  private mutating func quantizeColumns(_ view: StoredTensor, progress: (Double) -> Void) -> QuantizedMatrix {
    let matrix = makeMatrix(inputs: view.rows, outputs: view.columns)
    quantize(view, to: matrix, rowsPerChunk: QuantizedMatrix.groupInputs, progress) { raw, chunk, _ in
      let job = raw.assumingMemoryBound(to: Job.self).pointee
      job.load(chunk)
      job.kernels.quantizeColumns(
        to: job.matrix, job.view.pointer, job.view.format, stride: job.view.columns,
        group: job.firstRow / QuantizedMatrix.groupInputs + chunk)
    }
    return matrix
  }

  /// Weights [out, in].
  private mutating func quantizeRows(_ view: StoredTensor, progress: (Double) -> Void) -> QuantizedMatrix {
    let matrix = makeMatrix(inputs: view.columns, outputs: view.rows)
    quantize(view, to: matrix, rowsPerChunk: Self.rowsPerChunk, progress) { raw, chunk, thread in
      let job = raw.assumingMemoryBound(to: Job.self).pointee
      let rows = job.rows(chunk)
      job.load(chunk)
      let source = job.widened(rows, thread: thread)
      job.kernels.quantizeRows(
        to: job.matrix.block(output: rows.lowerBound), source.pointer, source.format,
        stride: source.columns, depth: source.columns, rows: rows.count)
    }
    return matrix
  }

  private mutating func makeMatrix(inputs: Int, outputs: Int) -> QuantizedMatrix {
    let start = (memory.pointer + used).assumingMemoryBound(to: UInt8.self)
    let matrix = QuantizedMatrix(pointer: start, inputs: inputs, outputs: outputs)
    used += matrix.byteCount
    precondition(used <= memory.byteCount, "the matrices were counted before")
    return matrix
  }

  private mutating func quantize(
    _ view: StoredTensor, to matrix: QuantizedMatrix, rowsPerChunk: Int, _ progress: (Double) -> Void,
    _ body: ThreadPool.Body
  ) {
    let rowBytes = view.bytesPerRow
    if releasesSource {
      MappedFile.expect(UnsafeRawBufferPointer(start: view.pointer, count: view.byteCount))
    }
    let room =
      view.format.hasBlocks
      ? SystemMemory(byteCount: 4 * pool.threadCount * rowsPerChunk * view.columns) : nil
    defer { withExtendedLifetime(room) {} }
    let chunksPerSlice = max(Self.sliceBytes / (rowBytes * rowsPerChunk), 1)
    var first = 0
    while first < view.rows {
      let rows = min(chunksPerSlice * rowsPerChunk, view.rows - first)
      var job = Job(
        kernels: kernels, view: view, matrix: matrix, firstRow: first, rowsPerChunk: rowsPerChunk,
        releasesSource: releasesSource, room: room?.pointer.assumingMemoryBound(to: Float.self))
      pool.run(chunks: (rows + rowsPerChunk - 1) / rowsPerChunk, &job, body)
      // Not chunk by chunk: a thread that touches a page brings those around it back.
      if releasesSource {
        MappedFile.release(
          UnsafeRawBufferPointer(start: view.address(row: first), count: rows * rowBytes))
      }
      first += rows
      done += rows * rowBytes
      progress(Double(done) / Double(max(sourceBytes, 1)))
    }
  }

  /// One slice of rows of the source.
  private struct Job {
    let kernels: Kernels
    let view: StoredTensor
    let matrix: QuantizedMatrix
    let firstRow: Int
    let rowsPerChunk: Int
    let releasesSource: Bool
    /// For each thread the rows of a chunk as floats; nil where the kernels read them as they are stored.
    let room: UnsafeMutablePointer<Float>?

    /// Some rows as the kernels read them: where they lie, or widened from blocks.
    func widened(_ rows: Range<Int>, thread: Int) -> StoredTensor {
      let source = view.address(row: rows.lowerBound)
      guard let room else {
        return StoredTensor(pointer: source, format: view.format, rows: rows.count, columns: view.columns)
      }
      let floats = room + thread * rowsPerChunk * view.columns
      kernels.widen(floats, source, view.format, count: rows.count * view.columns)
      return StoredTensor(pointer: floats, format: .float32, rows: rows.count, columns: view.columns)
    }

    func rows(_ chunk: Int) -> Range<Int> {
      let first = firstRow + chunk * rowsPerChunk
      return first..<min(first + rowsPerChunk, view.rows)
    }

    func load(_ chunk: Int) {
      guard releasesSource else { return }
      let rows = rows(chunk)
      MappedFile.load(
        UnsafeRawBufferPointer(
          start: view.address(row: rows.lowerBound), count: rows.count * view.bytesPerRow))
    }
  }
}

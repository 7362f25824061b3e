/// y = f(x · Wᵀ + b) with the rows of a matrix [O, I], as most checkpoints store it: x [T, I], y [T, O]. Bias, activation and
/// residual follow while the chunk's results are in the cache.
///
/// For many rows of x, weights in fewer bits are widened a few rows at a time: the results are the same to the bit.
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
  private let room: Room
  private var outputsPerChunk: Int { rows <= 6 ? 256 : 64 }

  /// For each thread some widened rows of weights.
  final class Room {
    static let rows = 16
    private let memory: SystemMemory
    private let mostInputs: Int

    /// - Parameter mostInputs: no weights have longer rows.
    init(threads: Int, mostInputs: Int) {
      self.mostInputs = mostInputs
      memory = SystemMemory(byteCount: 4 * threads * Self.rows * mostInputs)
    }

    func pointer(thread: Int) -> UnsafeMutablePointer<Float> {
      memory.pointer.assumingMemoryBound(to: Float.self) + thread * Self.rows * mostInputs
    }
  }

  init(
    _ kernels: Kernels, x: UnsafePointer<Float>, rows: Int, weight: StoredTensor,
    bias: UnsafePointer<Float>? = nil, y: UnsafeMutablePointer<Float>, room: Room
  ) {
    self.kernels = kernels
    self.x = x
    self.rows = rows
    self.weight = weight
    self.bias = bias
    self.y = y
    self.room = room
  }

  mutating func run(on pool: ThreadPool) {
    let chunks = (weight.rows + outputsPerChunk - 1) / outputsPerChunk
    pool.run(chunks: chunks, &self) { raw, chunk, thread in
      raw.assumingMemoryBound(to: RowProduct.self).pointee.compute(chunk, thread: thread)
    }
  }

  private var isWidened: Bool { rows > (weight.format.hasBlocks ? 2 : 6) && weight.format != .float32 }

  private func compute(_ chunk: Int, thread: Int) {
    let first = chunk * outputsPerChunk
    let outputs = min(outputsPerChunk, weight.rows - first)
    if isWidened {
      let widened = room.pointer(thread: thread)
      for row in stride(from: first, to: first + outputs, by: Room.rows) {
        let count = min(Room.rows, first + outputs - row)
        kernels.widen(widened, weight.address(row: row), weight.format, count: count * weight.columns)
        dot(row, count, widened, .float32)
      }
    } else {
      dot(first, outputs, weight.address(row: first), weight.format)
    }
    guard bias != nil || activation != nil || residual != nil else { return }
    for row in 0..<rows {
      let place = row * weight.rows + first
      if let bias { kernels.add(y + place, bias + first, count: outputs) }
      if let activation { kernels.activate(y + place, activation, count: outputs) }
      if let residual { kernels.add(residual + place, y + place, count: outputs) }
    }
  }

  /// The outputs from `first` on, of weights that begin at `weights`.
  private func dot(_ first: Int, _ count: Int, _ weights: UnsafeRawPointer, _ format: BlockFormat) {
    kernels.dotRows(
      y + first, stride: weight.rows, x, stride: weight.columns, lanes: rows, weights: weights, format,
      stride: weight.columns, depth: weight.columns, rows: count)
  }
}

/// y = f(x · Wᵀ + b) with the rows of a matrix [O, I], as most checkpoints store it: x [T, I], y [T, O]. Bias and
/// ending follow while the chunk's results are in the cache.
///
/// For many rows of x, weights in fewer bits are widened a few rows at a time: the results are the same to the bit.
struct RowProduct {
  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: StoredTensor
  let bias: UnsafePointer<Float>?
  let y: UnsafeMutablePointer<Float>
  var ending = ProductEnding()
  private let room: Room

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

  private var isWidened: Bool { rows > (weight.format.hasBlocks ? 2 : 6) && weight.format != .float32 }

  fileprivate func compute(_ range: Range<Int>, thread: Int) {
    let (first, outputs) = (range.lowerBound, range.count)
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
    for row in 0..<rows {
      let place = row * weight.rows + first
      if let bias { kernels.add(y + place, bias + first, count: outputs) }
      ending.apply(kernels, to: y + place, at: place, count: outputs)
    }
  }

  /// The outputs from `first` on, of weights that begin at `weights`.
  private func dot(_ first: Int, _ count: Int, _ weights: UnsafeRawPointer, _ format: BlockFormat) {
    kernels.dotRows(
      y + first, stride: weight.rows, x, stride: weight.columns, lanes: rows, weights: weights, format,
      stride: weight.columns, depth: weight.columns, rows: count)
  }
}

/// Up to three products in one run of a pool. A run ends with its last thread, and a step of decoding has hundreds of products.
struct JointProduct {
  private let first: RowProduct
  private let second: RowProduct?
  private let third: RowProduct?
  /// Whether a chunk holds the same outputs of each product, in this order, rather than a part of one list of all outputs.
  private let isAligned: Bool
  private var outputsPerChunk = 0

  /// - Parameter isAligned: whether a product needs the outputs of the one before it; they have as many outputs.
  init(_ first: RowProduct, _ second: RowProduct? = nil, _ third: RowProduct? = nil, isAligned: Bool = false)
  {
    (self.first, self.second, self.third, self.isAligned) = (first, second, third, isAligned)
  }

  mutating func run(on pool: ThreadPool) {
    var outputs = first.weight.rows
    if !isAligned { outputs += (second?.weight.rows ?? 0) + (third?.weight.rows ?? 0) }
    // As much for each thread: the whole waits for the last one.
    let turns = (outputs - 1) / ((first.rows <= 6 ? 128 : 64) * pool.threadCount) + 1
    outputsPerChunk = ((outputs - 1) / (turns * pool.threadCount) / 4 + 1) * 4
    pool.run(chunks: (outputs - 1) / outputsPerChunk + 1, &self) { raw, chunk, thread in
      raw.assumingMemoryBound(to: JointProduct.self).pointee.compute(chunk, thread: thread)
    }
  }

  private func compute(_ chunk: Int, thread: Int) {
    var start = chunk * outputsPerChunk
    compute(first, &start, thread)
    if let second { compute(second, &start, thread) }
    if let third { compute(third, &start, thread) }
  }

  /// - Parameter start: of the chunk, counted from the product's first output; then from that of the next product.
  private func compute(_ product: RowProduct, _ start: inout Int, _ thread: Int) {
    let outputs = product.weight.rows
    let part = min(max(start, 0), outputs)..<min(max(start + outputsPerChunk, 0), outputs)
    if !part.isEmpty { product.compute(part, thread: thread) }
    if !isAligned { start -= outputs }
  }
}

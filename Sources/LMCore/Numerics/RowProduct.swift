/// y = f(x · Wᵀ + b) with the rows of a matrix [O, I], as most checkpoints store it: x [T, I], y [T, O]. Bias and
/// ending follow while the chunk's results are in the cache.
///
/// For many rows of x, weights in fewer bits are widened some rows at a time: the results are the same to the bit.
struct RowProduct {
  let kernels: Kernels
  let x: UnsafePointer<Float>
  let rows: Int
  let weight: StoredTensor
  let bias: UnsafePointer<Float>?
  let y: UnsafeMutablePointer<Float>
  var ending = ProductEnding()
  private let room: Room

  /// Rows of weights that, beside as many floats of x, stay in a core's second-level cache while they are multiplied.
  private static func rowsInCache(inputs: Int) -> Int { min(max(cachedFloats / inputs / 4 * 4, 16), 64) }
  private static let cachedFloats = 96 * 1024
  /// Up to so many rows of x read the weights together, row by row.
  private static let mostRowsTogether = 24
  /// Rows of weights of a chunk that are read once: long streams, and as much for each thread.
  private static let rowsReadOnce = 512
  private static let rowsOfFewLanes = 128
  private var lanesInCache: Int { max(Self.cachedFloats / weight.columns / 6, 1) * 6 }

  /// For each thread the widened rows of a chunk of weights.
  final class Room {
    private let memory: SystemMemory
    private let floats: Int

    /// - Parameter mostInputs: no weights have longer rows.
    init(threads: Int, mostInputs: Int) {
      floats = max(RowProduct.cachedFloats, 16 * mostInputs)
      memory = SystemMemory(byteCount: 4 * threads * floats)
    }

    func pointer(thread: Int) -> UnsafeMutablePointer<Float> {
      memory.pointer.assumingMemoryBound(to: Float.self) + thread * floats
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

  /// How many rows of weights a chunk may have.
  fileprivate var mostRowsOfChunk: Int {
    if isWidened || rows > Self.mostRowsTogether { return Self.rowsInCache(inputs: weight.columns) }
    return rows <= 2 ? Self.rowsOfFewLanes : Self.rowsReadOnce
  }

  private var isWidened: Bool { rows > (weight.format.hasBlocks ? 2 : 6) && weight.format != .float32 }

  fileprivate func compute(_ range: Range<Int>, thread: Int) {
    let (first, outputs) = (range.lowerBound, range.count)
    var (weights, format) = (weight.address(row: first), weight.format)
    if isWidened {
      let widened = room.pointer(thread: thread)
      kernels.widen(widened, weights, format, count: outputs * weight.columns)
      (weights, format) = (UnsafeRawPointer(widened), .float32)
    }
    for lane in stride(from: 0, to: rows, by: lanesInCache) {
      kernels.dotRows(
        y + lane * weight.rows + first, stride: weight.rows, x + lane * weight.columns,
        stride: weight.columns, lanes: min(lanesInCache, rows - lane), weights: weights, format,
        stride: weight.columns, depth: weight.columns, rows: outputs)
    }
    for row in 0..<rows {
      let place = row * weight.rows + first
      if let bias { kernels.add(y + place, bias + first, count: outputs) }
      ending.apply(kernels, to: y + place, at: place, count: outputs)
    }
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
    let most = min(first.mostRowsOfChunk, second?.mostRowsOfChunk ?? .max, third?.mostRowsOfChunk ?? .max)
    let turns = (outputs - 1) / (most * pool.threadCount) + 1
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

import Glibc

/// A decoder-only transformer in float32 arithmetic over weights as they are stored.
///
/// Blueprint, weights (mapped, read only) and run state (allocated once) are kept apart; a decode step allocates nothing.
/// Letters in the shapes: V vocabulary, C width, T tokens, L lanes. Not thread-safe: one thread at a time.
package final class Transformer {
  /// Rows of a prompt that go through the layers together, whole groups of a tile's rows. More rows share each reading of the weights;
  /// fewer need less memory.
  static let chunkRows = 516

  package let blueprint: Blueprint
  package let profile: ModelProfile
  package let precision: Precision
  /// The instruction set in use: `avx512`...
  package var kernelsName: String { room.kernels.name }
  package var threadCount: Int { pool.threadCount }
  /// Its threads, which serve others between two passes.
  var pool: ThreadPool { room.pool }
  /// Bytes of weights that a decode step reads, however many lanes it has.
  package var bytesPerStep: Int { weights.bytesPerStep }
  /// Multiplications and additions of a token in matrices.
  package var operationsPerToken: Int { weights.operationsPerToken }

  private let weights: TransformerWeights
  private let room: ProductRoom
  private let block: TransformerBlock
  private let cacheBlocks: CacheBlockStore
  private var state: RunState

  package var vocabularySize: Int { blueprint.vocabularySize }
  package var hiddenSize: Int { blueprint.width }
  package var contextLength: Int { blueprint.contextLength }

  /// - Parameters:
  ///   - threads: 1 or more; 0 for as many as serve.
  ///   - kernels: nil for the fastest, or what GPT2_VIZ_CPU names.
  ///   - progress: called with 0...1 while the weights are turned into 8 bits.
  /// - Throws: `KernelsError`, `MemoryError`.
  package init(
    _ stored: StoredModel, threads: Int = 0, kernels: Kernels? = nil, precision: Precision = .float32,
    progress: (Double) -> Void = { _ in }
  ) throws {
    let kernels = try kernels ?? Kernels.selected()
    (blueprint, self.precision) = (stored.blueprint, precision)
    weights = TransformerWeights(stored, kernels)
    try Self.checkMemory(weights, stored, threads: threads, precision)
    let (width, inner) = (blueprint.width, blueprint.innerWidth)
    room = ProductRoom(
      kernels, ThreadPool(threads: threads), mostRows: Self.chunkRows,
      mostInputs: max(width, blueprint.queryWidth, inner),
      mostOutputs: max(width, blueprint.projectedWidth, inner))
    var profile = stored.profile
    if precision == .int8 {
      weights.quantize(kernels, on: room.pool, progress: progress)
      (profile.dtype, profile.byteCount) = (precision.rawValue, weights.bytesPerStep)
    }
    self.profile = profile
    block = TransformerBlock(
      blueprint, room: room,
      scores: ScoreRoom(contextLength: blueprint.contextLength, threads: room.pool.threadCount))
    cacheBlocks = CacheBlockStore(layerCount: blueprint.layerCount, width: blueprint.keyValueWidth)
    state = RunState(blueprint, capacity: 2)
  }

  /// Before the weights are read: a process that runs out of memory later is ended without a word.
  private static func checkMemory(
    _ weights: TransformerWeights, _ stored: StoredModel, threads: Int, _ precision: Precision
  ) throws(MemoryError) {
    let threads = threads > 0 ? threads : Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let (quantized, profile) = (weights.quantizedByteCount, stored.profile)
    let inInt8 = MemoryNeed(stored.blueprint, weights: quantized, ownWeights: quantized, threads: threads)
    guard precision == .float32 else {
      return try inInt8.check(MemoryBudget(), name: profile.name)
    }
    let inFloats = MemoryNeed(
      stored.blueprint, weights: profile.source == .builtIn ? 0 : stored.byteCount, ownWeights: 0,
      threads: threads)
    try inFloats.check(MemoryBudget(), name: profile.name, smaller: inInt8)
  }

  func makeCache() -> KVCache { KVCache(cacheBlocks, capacity: contextLength) }

  // MARK: Forward

  /// Feeds T >= 1 tokens at once, behind what the cache holds. `hidden` becomes the last token's hidden state after
  /// the final layer norm, [C]. Tokens must be in 0..<V and fit the context.
  ///
  /// - Parameter isCancelled: asked before every layer. Once true, false is returned soon, the cache holds some of the
  ///   tokens, and `hidden` anything.
  @discardableResult
  func prefill(
    _ tokens: [Int], into cache: KVCache, hidden: inout [Float], unless isCancelled: () -> Bool = { false }
  ) -> Bool {
    feed(tokens, into: cache, &hidden, everyRow: false, unless: isCancelled)
  }

  /// As `prefill(_:into:hidden:)`, but `everyHidden` becomes the hidden states of all T tokens, [T, C].
  func prefill(_ tokens: [Int], into cache: KVCache, everyHidden: inout [Float]) {
    _ = feed(tokens, into: cache, &everyHidden, everyRow: true) { false }
  }

  private func feed(
    _ tokens: [Int], into cache: KVCache, _ hidden: inout [Float], everyRow: Bool,
    unless isCancelled: () -> Bool
  ) -> Bool {
    precondition(!tokens.isEmpty, "at least one token is fed")
    precondition(cache.count + tokens.count <= contextLength, "the text is longer than the context")
    let width = blueprint.width
    resize(&hidden, to: everyRow ? tokens.count * width : width)
    reserve(min(tokens.count, Self.chunkRows))
    var start = 0
    while start < tokens.count {
      let rows = min(Self.chunkRows, tokens.count - start)
      let isLast = start + rows == tokens.count
      cache.reserve(rows)
      for row in 0..<rows {
        state.rows[row].blocks = UnsafePointer(cache.table)
        embed(tokens[start + row], at: cache.count + row, row: row)
      }
      // The last row of all is wanted, or every row; of other chunks only the keys and values.
      let firstWanted = everyRow ? 0 : rows - 1
      for (layer, weights) in weights.blocks.enumerated() {
        guard !isCancelled() else { return false }
        let isFinal = layer == lastLayer
        for row in 0..<rows {
          state.rows[row].keyOffset = cache.keyOffset(layer: layer)
          state.rows[row].valueOffset = cache.valueOffset(layer: layer)
        }
        block.run(
          weights, layer: layer, state, rows: rows, firstWanted: isFinal ? firstWanted : 0, sharesCache: true)
      }
      if everyRow || isLast {
        block.normalize(weights.finalNorm, state, rows: firstWanted..<rows)
        let target = everyRow ? start * width : 0
        hidden.withUnsafeMutableBufferPointer {
          guard let base = $0.baseAddress else { return }
          (base + target).update(
            from: state.normed.pointer + firstWanted * width, count: (rows - firstWanted) * width)
        }
      }
      cache.append(tokens[start..<start + rows])
      start += rows
    }
    return true
  }

  private var lastLayer: Int { blueprint.layerCount - 1 }

  /// Feeds one token to each of L lanes, reading the weights once. `hidden` becomes [L, C]. A token decoded alone and
  /// beside others gives the same floats.
  ///
  /// - Parameter isCancelled: asked before every layer. Once true, false is returned soon, the caches are as they were, and
  ///   `hidden` holds anything.
  @discardableResult
  func decode(
    _ tokens: [Int], into caches: [KVCache], hidden: inout [Float], unless isCancelled: () -> Bool = { false }
  ) -> Bool {
    let lanes = tokens.count
    precondition(lanes > 0 && lanes == caches.count, "one token a lane")
    let width = blueprint.width
    resize(&hidden, to: lanes * width)
    reserve(lanes)
    for lane in 0..<lanes {
      precondition(caches[lane].count < contextLength, "the text is longer than the context")
      caches[lane].reserve(1)
      state.rows[lane].blocks = UnsafePointer(caches[lane].table)
      embed(tokens[lane], at: caches[lane].count, row: lane)
    }
    for layer in 0..<blueprint.layerCount {
      // A cancelled pass leaves keys and values past `count`; nothing reads them.
      guard !isCancelled() else { return false }
      for lane in 0..<lanes {
        state.rows[lane].keyOffset = caches[lane].keyOffset(layer: layer)
        state.rows[lane].valueOffset = caches[lane].valueOffset(layer: layer)
      }
      block.run(weights.blocks[layer], layer: layer, state, rows: lanes, firstWanted: 0, sharesCache: false)
    }
    block.normalize(weights.finalNorm, state, rows: 0..<lanes)
    hidden.withUnsafeMutableBufferPointer {
      $0.baseAddress?.update(from: state.normed.pointer, count: lanes * width)
    }
    for lane in 0..<lanes { caches[lane].append(CollectionOfOne(tokens[lane])) }
    return true
  }

  /// lm_head: hidden states [T, C] to logits [T, V]. The same floats, bit for bit, for the same hidden state.
  func computeLogits(_ hidden: [Float], into logits: inout [Float]) {
    let width = blueprint.width
    precondition(!hidden.isEmpty && hidden.count % width == 0, "hidden states are rows of \(width) floats")
    let rows = hidden.count / width
    resize(&logits, to: rows * vocabularySize)
    hidden.withUnsafeBufferPointer { from in
      logits.withUnsafeMutableBufferPointer { to in
        guard let x = from.baseAddress, let y = to.baseAddress else { return }
        weights.output.multiply(x, rows: rows, into: y, in: room)
        capLogits(y, count: rows * vocabularySize)
      }
    }
  }

  /// lm_head for many hidden states at once, [T, C] to [T, V], by OpenBLAS: the weights are read once for all
  /// rows. The floats may differ from those of `computeLogits` in the last bits; nothing may be stepped from them.
  func computeLogitsTogether(_ hidden: [Float], into logits: inout [Float]) {
    let width = blueprint.width
    precondition(!hidden.isEmpty && hidden.count % width == 0, "hidden states are rows of \(width) floats")
    let rows = hidden.count / width
    // Products in 8 bits read the weights once for all rows anyway.
    guard case .rows(let output, _) = weights.output else { return computeLogits(hidden, into: &logits) }
    resize(&logits, to: rows * vocabularySize)
    // Weights that are no floats are widened a tile at a time.
    let tileRows = output.format == .float32 ? output.rows : min(1024, output.rows)
    let tile = FloatBuffer(count: output.format == .float32 ? 1 : tileRows * width)
    hidden.withUnsafeBufferPointer { from in
      logits.withUnsafeMutableBufferPointer { to in
        guard let x = from.baseAddress, let y = to.baseAddress else { return }
        for first in stride(from: 0, to: output.rows, by: tileRows) {
          let count = min(tileRows, output.rows - first)
          var weight = output.address(row: first).assumingMemoryBound(to: Float.self)
          if output.format != .float32 {
            room.kernels.widen(tile.pointer, output.address(row: first), output.format, count: count * width)
            weight = UnsafePointer(tile.pointer)
          }
          BLAS.multiplyByTransposed(
            x, rows: rows, weight, outputs: count, depth: width, into: y + first, yStride: vocabularySize,
            threads: room.pool.threadCount)
        }
        capLogits(y, count: rows * vocabularySize)
      }
    }
  }

  /// c · tanh(logits / c), where the model has a cap c.
  private func capLogits(_ logits: UnsafeMutablePointer<Float>, count: Int) {
    guard let cap = blueprint.logitCap else { return }
    var job = LogitCap(kernels: room.kernels, logits: logits, count: count, cap: cap)
    job.run(on: room.pool)
  }

  /// The residual stream's start: the token's embedding, scaled, and that of the position, where there is one.
  private func embed(_ token: Int, at position: Int, row: Int) {
    precondition((0..<vocabularySize).contains(token), "token ids are in 0..<\(vocabularySize)")
    state.place(row, at: position)
    let width = blueprint.width
    let to = state.stream.pointer + row * width
    let tokens = weights.tokenEmbedding
    room.kernels.widen(to, tokens.address(row: token), tokens.format, count: width)
    let scale = blueprint.embeddingScale
    for index in 0..<width where scale != 1 { to[index] *= scale }
    guard let positions = weights.positionEmbedding else { return }
    let other = state.normed.pointer + row * width
    room.kernels.widen(other, positions.address(row: position), positions.format, count: width)
    room.kernels.add(to, other, count: width)
  }

  private func reserve(_ rows: Int) {
    if state.capacity < rows { state = RunState(blueprint, capacity: rows) }
  }

  private func resize(_ array: inout [Float], to count: Int) {
    if array.count != count { array = [Float](repeating: 0, count: count) }
  }
}

/// Logits x become c · tanh(x / c).
private struct LogitCap {
  private static let perChunk = 16_384

  let kernels: Kernels
  let logits: UnsafeMutablePointer<Float>
  let count: Int
  let cap: Float

  mutating func run(on pool: ThreadPool) {
    pool.run(chunks: (count + Self.perChunk - 1) / Self.perChunk, &self) { raw, chunk, _ in
      raw.assumingMemoryBound(to: LogitCap.self).pointee.run(chunk)
    }
  }

  private func run(_ chunk: Int) {
    let part = logits + chunk * Self.perChunk
    let count = min(Self.perChunk, count - chunk * Self.perChunk)
    for index in 0..<count { part[index] /= cap }
    kernels.activate(part, .tanh, count: count)
    for index in 0..<count { part[index] *= cap }
  }
}

/// The heads of queries, keys or values of T rows, where a projection has written them.
struct HeadRows {
  let pointer: UnsafeMutablePointer<Float>
  /// Floats from one row to the next.
  let stride: Int
  /// Floats from one head to the next.
  let headStride: Int
  let headCount: Int

  func head(_ head: Int, row: Int) -> UnsafeMutablePointer<Float> {
    pointer + row * stride + head * headStride
  }
}

/// The three projections of T rows.
struct ProjectedHeads {
  let queries: HeadRows
  let keys: HeadRows
  let values: HeadRows

  /// - Parameter memory: [T, (H + 2 K) D] floats, as one matrix writes them, or one part for each of three matrices.
  init(_ blueprint: Blueprint, _ memory: UnsafeMutablePointer<Float>, rows: Int) {
    let (d, h, k) = (blueprint.headWidth, blueprint.headCount, blueprint.keyValueHeadCount)
    let (own, shared) = (blueprint.queryWidth, blueprint.keyValueWidth)
    let all = blueprint.projectedWidth
    switch blueprint.headLayout {
    case .separate:
      queries = HeadRows(pointer: memory, stride: own, headStride: d, headCount: h)
      keys = HeadRows(pointer: memory + rows * own, stride: shared, headStride: d, headCount: k)
      values = HeadRows(pointer: memory + rows * (own + shared), stride: shared, headStride: d, headCount: k)
    case .together:
      queries = HeadRows(pointer: memory, stride: all, headStride: d, headCount: h)
      keys = HeadRows(pointer: memory + own, stride: all, headStride: d, headCount: k)
      values = HeadRows(pointer: memory + own + shared, stride: all, headStride: d, headCount: k)
    case .byHead:
      queries = HeadRows(pointer: memory, stride: all, headStride: 3 * d, headCount: h)
      keys = HeadRows(pointer: memory + d, stride: all, headStride: 3 * d, headCount: k)
      values = HeadRows(pointer: memory + 2 * d, stride: all, headStride: 3 * d, headCount: k)
    }
  }
}

/// Normalizes and rotates the queries and keys of T rows, where a layer does.
struct HeadPreparation {
  let kernels: Kernels
  let heads: ProjectedHeads
  let headWidth: Int
  /// [D], nil where heads are not normalized.
  let queryGain: UnsafePointer<Float>?
  let keyGain: UnsafePointer<Float>?
  let epsilon: Float
  let table: RotationTable?
  let rowCount: Int
  /// The first row whose queries are wanted.
  let firstWanted: Int

  mutating func run(on pool: ThreadPool) {
    guard queryGain != nil || keyGain != nil || table != nil else { return }
    pool.run(chunks: rowCount, &self) { raw, row, _ in
      raw.assumingMemoryBound(to: HeadPreparation.self).pointee.prepare(row)
    }
  }

  private func prepare(_ row: Int) {
    if row >= firstWanted { prepare(heads.queries, queryGain, row) }
    prepare(heads.keys, keyGain, row)
  }

  private func prepare(_ heads: HeadRows, _ gain: UnsafePointer<Float>?, _ row: Int) {
    for index in 0..<heads.headCount {
      let head = heads.head(index, row: row)
      if let gain { kernels.normalizeRMS(head, head, gain: gain, count: headWidth, epsilon: epsilon) }
      table?.rotate(head, row: row)
    }
  }
}

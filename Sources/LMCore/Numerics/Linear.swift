/// What products need besides their operands: kernels, threads, and memory that is allocated once.
final class ProductRoom {
  let kernels: Kernels
  let pool: ThreadPool
  fileprivate let columns: ColumnProduct.Room
  fileprivate let rows: RowProduct.Room
  /// The factors of an int8 product.
  fileprivate let quantizedRows = QuantizedRows()

  init(_ kernels: Kernels, _ pool: ThreadPool, mostRows: Int, mostInputs: Int, mostOutputs: Int) {
    (self.kernels, self.pool) = (kernels, pool)
    columns = ColumnProduct.Room(
      threads: pool.threadCount, mostRows: mostRows, mostInputs: mostInputs, mostOutputs: mostOutputs)
    rows = RowProduct.Room(threads: pool.threadCount, mostInputs: mostInputs)
  }
}

/// A linear layer, I inputs to O outputs: its matrix in the form it is stored in, and its bias [O].
///
/// The one place that chooses a product for a form.
enum Linear {
  /// [I, O]
  case columns(StoredTensor, bias: FloatBuffer)
  /// [O, I]
  case rows(StoredTensor, bias: FloatBuffer?)
  case quantized(QuantizedMatrix, bias: FloatBuffer?)

  var inputs: Int {
    switch self {
    case .columns(let matrix, _): matrix.rows
    case .rows(let matrix, _): matrix.columns
    case .quantized(let matrix, _): matrix.inputs
    }
  }

  var outputs: Int {
    switch self {
    case .columns(let matrix, _): matrix.columns
    case .rows(let matrix, _): matrix.rows
    case .quantized(let matrix, _): matrix.outputs
    }
  }

  /// Bytes of the matrix.
  var matrixByteCount: Int {
    switch self {
    case .columns(let matrix, _), .rows(let matrix, _): matrix.byteCount
    case .quantized(let matrix, _): matrix.byteCount
    }
  }

  /// Bytes that a product reads.
  var byteCount: Int {
    switch self {
    case .columns(_, let bias): matrixByteCount + 4 * bias.count
    case .rows(_, let bias), .quantized(_, let bias): matrixByteCount + 4 * (bias?.count ?? 0)
    }
  }

  /// Bytes of the matrix in 8 bits.
  var quantizedByteCount: Int { QuantizedMatrix.byteCount(inputs: inputs, outputs: outputs) }

  /// y = f(x · W + b) for T rows, x [T, I], y [T, O]; or residual += that, and y holds anything.
  ///
  /// A row's bits depend neither on T nor on threads.
  func multiply(
    _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>,
    activation: ActivationFunction? = nil, addingTo residual: UnsafeMutablePointer<Float>? = nil,
    in room: ProductRoom
  ) {
    switch self {
    case .columns(let matrix, let bias):
      var product = ColumnProduct(
        room.kernels, x: x, rows: rows, weight: matrix, bias: bias.pointer, y: y, room: room.columns)
      product.activation = activation
      product.residual = residual
      product.run(on: room.pool)
    case .rows(let matrix, let bias):
      var product = RowProduct(
        room.kernels, x: x, rows: rows, weight: matrix, bias: bias?.pointer, y: y, room: room.rows)
      product.activation = activation
      product.residual = residual
      product.run(on: room.pool)
    case .quantized(let matrix, let bias):
      var product = QuantizedProduct(
        room.kernels, x: x, rows: rows, weight: matrix, bias: bias?.pointer, y: y, room: room.quantizedRows)
      product.activation = activation
      product.residual = residual
      product.run(on: room.pool)
    }
  }
}

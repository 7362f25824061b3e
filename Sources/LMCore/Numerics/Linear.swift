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

  /// y = x · W + b for T rows, and its ending; see `Multiplication`.
  func multiply(
    _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>,
    ending: ProductEnding = ProductEnding(), in room: ProductRoom
  ) {
    Multiplication(linear: self, x: x, rows: rows, y: y, ending: ending).run(in: room)
  }
}

/// A linear layer's product to be made: y = x · W + b for T rows, x [T, I], y [T, O], and its ending.
///
/// A row's bits depend neither on T nor on threads.
struct Multiplication {
  let linear: Linear
  let x: UnsafePointer<Float>
  let rows: Int
  let y: UnsafeMutablePointer<Float>
  var ending = ProductEnding()

  func run(in room: ProductRoom) {
    switch linear {
    case .columns(let matrix, let bias):
      var product = ColumnProduct(
        room.kernels, x: x, rows: rows, weight: matrix, bias: bias.pointer, y: y, room: room.columns)
      product.ending = ending
      product.run(on: room.pool)
    case .rows:
      guard let product = rowProduct(in: room) else { return }
      var joint = JointProduct(product)
      joint.run(on: room.pool)
    case .quantized(let matrix, let bias):
      var product = QuantizedProduct(
        room.kernels, x: x, rows: rows, weight: matrix, bias: bias?.pointer, y: y, room: room.quantizedRows)
      product.ending = ending
      product.run(on: room.pool)
    }
  }

  /// Several products, in one run of the threads where the matrices' form allows it.
  ///
  /// - Parameter isAligned: whether a product needs the outputs of the one before it; they have as many.
  static func run(
    _ first: Multiplication, _ second: Multiplication, _ third: Multiplication? = nil,
    isAligned: Bool = false,
    in room: ProductRoom
  ) {
    let last = third?.rowProduct(in: room)
    if let first = first.rowProduct(in: room), let second = second.rowProduct(in: room),
      third == nil || last != nil
    {
      var joint = JointProduct(first, second, last, isAligned: isAligned)
      return joint.run(on: room.pool)
    }
    first.run(in: room)
    second.run(in: room)
    third?.run(in: room)
  }

  private func rowProduct(in room: ProductRoom) -> RowProduct? {
    guard case .rows(let matrix, let bias) = linear else { return nil }
    var product = RowProduct(
      room.kernels, x: x, rows: rows, weight: matrix, bias: bias?.pointer, y: y, room: room.rows)
    product.ending = ending
    return product
  }
}

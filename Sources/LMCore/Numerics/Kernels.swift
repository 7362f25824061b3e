import CKernels
import Glibc

/// Why the kernels that the user asked for cannot serve.
public enum KernelsError: Error, Equatable, Sendable, CustomStringConvertible {
  case unavailable(name: String, available: [String])

  public var description: String {
    switch self {
    case .unavailable(let name, let available):
      "GPT2_VIZ_CPU is \"\(name)\", but this CPU can run only \(available.joined(separator: ", ")); choose one of them."
    }
  }
}

/// The inner loops for one instruction set; the only place that sees CKernels.
///
/// Letters: L lanes (or rows of a prompt), I inputs, O outputs. Whatever L, however the columns are cut into calls,
/// each output is the same to the bit.
///
/// Unchecked: holds a pointer to a constant table of functions. Tested by KernelsTests.
public struct Kernels: @unchecked Sendable {
  private let table: UnsafePointer<ck_kernels>

  /// `scalar`, `avx2`, `avx2-vnni`, `avx512`, `avx512-vnni` or `neon`; those with VNNI differ in int8 products alone.
  public var name: String { String(cString: table.pointee.name) }

  /// What this CPU can run, fastest first.
  public static let available: [Kernels] = {
    var found: [Kernels] = []
    while let table = ck_kernels_at(found.count) { found.append(Kernels(table: table)) }
    return found
  }()

  /// The fastest, unless the environment's GPT2_VIZ_CPU names another.
  public static func selected() throws(KernelsError) -> Kernels {
    guard let wanted = getenv("GPT2_VIZ_CPU").map({ String(cString: $0) }), !wanted.isEmpty else {
      return available[0]
    }
    guard let found = available.first(where: { $0.name == wanted }) else {
      throw .unavailable(name: wanted, available: available.map(\.name))
    }
    return found
  }

  /// y[l, 0..<columns] += x[l, 0..<depth] · w[0..<depth, 0..<columns], summed in the order of `depth`.
  @inline(__always)
  func accumulateColumns(
    _ y: UnsafeMutablePointer<Float>, stride yStride: Int, _ x: UnsafePointer<Float>, stride xStride: Int,
    lanes: Int, weights: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int
  ) {
    table.pointee.accumulate_columns(y, yStride, x, xStride, lanes, weights, stride, depth, columns)
  }

  /// y[l, 0..<columns] = x[l, 0..<depth] · w[0..<depth, 0..<columns], the inputs in the order of four streams (see CKernels.h).
  @inline(__always)
  func sumColumns(
    _ y: UnsafeMutablePointer<Float>, stride yStride: Int, _ x: UnsafePointer<Float>, stride xStride: Int,
    lanes: Int, weights: UnsafeRawPointer, _ type: BlockFormat, stride: Int, depth: Int, columns: Int
  ) {
    table.pointee.sum_columns(y, yStride, x, xStride, lanes, weights, type.code, stride, depth, columns)
  }

  /// Columns of a tile, and the rows that are multiplied with it together.
  static let tileColumns = Int(CK_TILE_COLUMNS)
  static let tileRows = Int(CK_TILE_ROWS)

  /// Puts up to `tileRows` rows of x into the order of `sumColumns`, side by side: [depth, tileRows], what is missing as zeros.
  @inline(__always)
  static func arrange(
    _ to: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, stride: Int, rows: Int, depth: Int
  ) {
    ck_arrange(to, x, stride, rows, depth)
  }

  /// Makes a tile [depth, tileColumns] of up to `tileColumns` columns. `following` rows of the weights lie behind and are wanted soon.
  @inline(__always)
  func fillTile(
    _ tile: UnsafeMutablePointer<Float>, _ weights: UnsafeRawPointer, _ type: BlockFormat, stride: Int,
    depth: Int, following: Int, columns: Int
  ) {
    table.pointee.fill_tile(tile, weights, type.code, stride, depth, following, columns)
  }

  /// y[g, l, 0..<columns] += what `sumColumns` gives, to the bit: x [groups, depth, tileRows] as arranged, y [groups, tileRows, tileColumns],
  /// where columns behind the last may be overwritten.
  @inline(__always)
  func addTile(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, groups: Int, tile: UnsafePointer<Float>,
    depth: Int, columns: Int
  ) {
    table.pointee.add_tile(y, x, groups, tile, depth, columns)
  }

  /// y[l, r] = x[l, 0..<depth] · w[r, 0..<depth] for each of `rows` rows of weights: the same for a row of blocks as for the
  /// row that `widen` makes of it. A row of blocks is decoded anew for every two lanes.
  @inline(__always)
  func dotRows(
    _ y: UnsafeMutablePointer<Float>, stride yStride: Int, _ x: UnsafePointer<Float>, stride xStride: Int,
    lanes: Int, weights: UnsafeRawPointer, _ type: BlockFormat, stride: Int, depth: Int, rows: Int
  ) {
    table.pointee.dot_rows(y, yStride, x, xStride, lanes, weights, type.code, stride, depth, rows)
  }

  /// Copies `count` stored weights, whole blocks of any format, to floats; exactly as `BlockFormat.dequantize`.
  @inline(__always)
  func widen(_ to: UnsafeMutablePointer<Float>, _ from: UnsafeRawPointer, _ type: BlockFormat, count: Int) {
    table.pointee.widen(to, from, type.code, count)
  }

  /// y += x
  @inline(__always)
  func add(_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int) {
    table.pointee.add(y, x, count)
  }

  /// y *= x
  @inline(__always)
  func multiply(_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, count: Int) {
    table.pointee.multiply(y, x, count)
  }

  /// Layer norm with biased variance and epsilon inside the root. y may be x.
  @inline(__always)
  func normalize(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, count: Int, epsilon: Float
  ) {
    table.pointee.normalize(y, x, gain, bias, count, epsilon)
  }

  /// RMS norm (arXiv 1910.07467): y = x / √(mean x² + epsilon) · gain. y may be x.
  @inline(__always)
  func normalizeRMS(
    _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>, count: Int,
    epsilon: Float
  ) {
    table.pointee.normalize_rms(y, x, gain, count, epsilon)
  }

  /// x = softmax(scale · x), scale > 0.
  @inline(__always)
  func softmax(_ x: UnsafeMutablePointer<Float>, scale: Float, count: Int) {
    table.pointee.softmax(x, scale, count)
  }

  /// The sum of `count` floats, at the speed of memory.
  @inline(__always)
  func sum(_ x: UnsafePointer<Float>, count: Int) -> Float { table.pointee.sum(x, count) }

  /// y[l, 0..<columns] += x[first + l] · the columns of the blocks at `weights`, both in 8 bits.
  @inline(__always)
  func accumulateQuantized(
    _ y: UnsafeMutablePointer<Float>, stride: Int, _ x: ck_quantized_rows, first: Int, lanes: Int,
    weights: UnsafePointer<UInt8>, columns: Int
  ) {
    withUnsafePointer(to: x) {
      table.pointee.accumulate_quantized(y, stride, $0, first, lanes, weights, columns)
    }
  }

  /// x[0..<count] to 8 bits, as row `row`. An infinity or NaN makes its group NaN.
  @inline(__always)
  func quantizeRow(_ to: QuantizedRows.Room, row: Int, _ x: UnsafePointer<Float>, count: Int) {
    let groups = to.groups
    table.pointee.quantize_row(
      to.values + row * groups * QuantizedMatrix.groupInputs, to.scales + row * groups,
      to.offsets + row * groups, x, count)
  }

  /// One group of inputs of a whole matrix [in, out] to 8 bits.
  @inline(__always)
  func quantizeColumns(
    to matrix: QuantizedMatrix, _ weights: UnsafeRawPointer, _ type: BlockFormat, stride: Int, group: Int
  ) {
    table.pointee.quantize_columns(
      matrix.pointer, weights, type.code, stride, matrix.inputs, matrix.outputs, group)
  }

  /// Rows of a matrix [out, in] to 8 bits, into the blocks from `blocks` on.
  @inline(__always)
  func quantizeRows(
    to blocks: UnsafeMutablePointer<UInt8>, _ weights: UnsafeRawPointer, _ type: BlockFormat, stride: Int,
    depth: Int, rows: Int
  ) {
    table.pointee.quantize_rows(blocks, weights, type.code, stride, depth, rows)
  }

  @inline(__always)
  func activate(_ x: UnsafeMutablePointer<Float>, _ function: ActivationFunction, count: Int) {
    table.pointee.activate(x, function.code, count)
  }
}

/// Tells the CPU that this is a spin loop.
@inline(__always)
func relaxProcessor() { ck_relax() }

/// How many processors this process may run on.
var usableProcessorCount: Int { Int(ck_usable_processors()) }

extension BlockFormat {
  fileprivate var code: ck_type {
    switch self {
    case .float32: ck_f32
    case .float16: ck_f16
    case .bfloat16: ck_bf16
    case .q40: ck_q4_0
    case .q41: ck_q4_1
    case .q50: ck_q5_0
    case .q51: ck_q5_1
    case .q80: ck_q8_0
    case .q2K: ck_q2_k
    case .q3K: ck_q3_k
    case .q4K: ck_q4_k
    case .q5K: ck_q5_k
    case .q6K: ck_q6_k
    }
  }
}

extension ActivationFunction {
  fileprivate var code: ck_activation {
    switch self {
    case .gelu: ck_gelu_erf
    case .geluTanh: ck_gelu_tanh
    case .quickGelu: ck_gelu_quick
    case .relu: ck_relu
    case .silu: ck_silu
    case .tanh: ck_tanh
    }
  }
}

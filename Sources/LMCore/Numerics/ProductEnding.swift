/// What follows a product while its results are in the cache: y = f(y) · factor, or residual += that, and y holds anything.
struct ProductEnding {
  var activation: ActivationFunction?
  /// [T, O]
  var factor: UnsafePointer<Float>?
  /// [T, O]
  var residual: UnsafeMutablePointer<Float>?

  /// - Parameters:
  ///   - results: `count` outputs of one row.
  ///   - place: of the first of them in [T, O].
  func apply(_ kernels: Kernels, to results: UnsafeMutablePointer<Float>, at place: Int, count: Int) {
    if let activation { kernels.activate(results, activation, count: count) }
    if let factor { kernels.multiply(results, factor + place, count: count) }
    if let residual { kernels.add(residual + place, results, count: count) }
  }
}

import COpenBLAS
import Glibc

/// Which processor OpenBLAS computes for.
///
/// A library that is older than the CPU does not know it and falls back to code for an older one, on some to SSE3, several
/// times slower. OPENBLAS_CORETYPE names another, but is read when the library is loaded; so the library, where it was built
/// for many processors, is made to choose again. Undocumented, therefore: only where its choice lacks instructions that the
/// CPU has, never against the user's OPENBLAS_CORETYPE, and one product must come out right.
public enum OpenBLASCore {
  /// The name, such as `SkylakeX` or `Haswell`; `Prescott` is the slow way out. Chosen when it is first asked for.
  public static let name: String = choose()

  static let variable = "OPENBLAS_CORETYPE"

  /// Nothing else may use OpenBLAS meanwhile.
  static func choose() -> String {
    let own = current
    guard getenv(variable) == nil, let better = preferred(for: Kernels.available.map(\.name), over: own),
      let quit = function("gotoblas_dynamic_quit"), let start = function("gotoblas_dynamic_init")
    else { return own }
    for candidate in [better, own] {
      setenv(variable, candidate, 1)
      quit()
      start()
      // Programs that this one starts are not told.
      unsetenv(variable)
      if isRight() { break }
    }
    return current
  }

  private static var current: String { String(cString: openblas_get_corename()) }

  /// The core to use instead of `core` on a CPU that has these instruction sets; nil where it is as good.
  static func preferred(for instructionSets: [String], over core: String) -> String? {
    let cores: [(instructions: String, names: [String])] = [
      ("avx512", ["SkylakeX", "Cooperlake", "SapphireRapids"]), ("avx2", ["Haswell", "Zen", "Excavator"]),
    ]
    for (instructions, names) in cores {
      if names.contains(core) { return nil }
      if instructionSets.contains(instructions) { return names[0] }
    }
    return nil
  }

  /// Only a library for many processors has these.
  private static func function(_ name: String) -> (@convention(c) () -> Void)? {
    guard let symbol = dlsym(nil, name) else { return nil }
    return unsafeBitCast(symbol, to: (@convention(c) () -> Void).self)
  }

  /// One product against the definition, with sizes that fill no block evenly.
  private static func isRight() -> Bool {
    let (rows, outputs, depth) = (37, 45, 83)
    let x = (0..<rows * depth).map { Float($0 % 11) - 5 }
    let weight = (0..<outputs * depth).map { Float($0 % 13) - 6 }
    var y = [Float](repeating: .nan, count: rows * outputs)
    BLAS.multiply(x, rows, weight, outputs, depth, into: &y, stride: outputs, threads: 1)
    for row in 0..<rows {
      for output in 0..<outputs {
        // Whole numbers this small come out exactly, in any order.
        let sum = (0..<depth).reduce(Float(0)) { $0 + x[row * depth + $1] * weight[output * depth + $1] }
        guard y[row * outputs + output] == sum else { return false }
      }
    }
    return true
  }
}

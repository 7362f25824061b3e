import Glibc
import Testing

@testable import LMCore

/// (`.serialized`: one of them makes OpenBLAS start anew.)
@Suite(.serialized) struct BLASTests {
  @Test(arguments: [(1, 1, 1), (2, 3, 5), (7, 33, 64), (32, 100, 257)])
  func multipliesAsTheDefinitionSays(rows: Int, outputs: Int, depth: Int) {
    var random = RandomSource(seed: 5)
    let x = (0..<rows * depth).map { _ in Float(random.nextUniform() - 0.5) }
    let weight = (0..<outputs * depth).map { _ in Float(random.nextUniform() - 0.5) }
    let yStride = outputs + 3
    var y = [Float](repeating: 9, count: rows * yStride)
    BLAS.multiplyByTransposed(
      x, rows: rows, weight, outputs: outputs, depth: depth, into: &y, yStride: yStride, threads: 2)
    for row in 0..<rows {
      for output in 0..<outputs {
        let exact = (0..<depth).reduce(0.0) {
          $0 + Double(x[row * depth + $1]) * Double(weight[output * depth + $1])
        }
        #expect(abs(Double(y[row * yStride + output]) - exact) < 1e-5)
      }
      #expect(y[row * yStride + outputs] == 9, "what lies between the rows is left alone")
    }
  }

  @Test(
    arguments: [
      (["avx512-vnni", "avx512", "avx2", "scalar"], "Prescott", "SkylakeX"),
      (["avx512", "avx2", "scalar"], "Haswell", "SkylakeX"),
      (["avx512", "avx2", "scalar"], "Cooperlake", nil), (["avx2", "scalar"], "Prescott", "Haswell"),
      (["avx2-vnni", "avx2", "scalar"], "Zen", nil), (["avx2", "scalar"], "SkylakeX", nil),
      (["scalar"], "Prescott", nil), (["neon", "scalar"], "ARMV8", nil),
    ] as [([String], String, String?)])
  func theCoreIsWhatTheProcessorCanRun(instructionSets: [String], core: String, better: String?) {
    #expect(OpenBLASCore.preferred(for: instructionSets, over: core) == better)
  }

  @Test func theChosenCoreIsNoSlowWayOutUnlessTheUserNamedIt() {
    let sets = Kernels.available.map(\.name)
    if let named = getenv(OpenBLASCore.variable) {
      #expect(OpenBLASCore.name.lowercased() == String(cString: named).lowercased())
    } else {
      #expect(OpenBLASCore.preferred(for: sets, over: OpenBLASCore.name) == nil)
    }
  }

  @Test(
    .enabled(
      if: dlsym(nil, "gotoblas_dynamic_init") != nil && Kernels.available.contains { $0.name == "avx2" },
      "this OpenBLAS or this CPU has no slow way out"))
  func theSlowWayOutIsLeft() throws {
    let names = ["gotoblas_dynamic_quit", "gotoblas_dynamic_init"]
    let functions = try names.map { name in
      unsafeBitCast(try #require(dlsym(nil, name)), to: (@convention(c) () -> Void).self)
    }
    func restart(as core: String) {
      setenv(OpenBLASCore.variable, core, 1)
      for function in functions { function() }
    }
    let before = getenv(OpenBLASCore.variable).map { String(cString: $0) }
    let chosen = OpenBLASCore.name
    defer {
      restart(as: chosen)
      if let before {
        setenv(OpenBLASCore.variable, before, 1)
      } else {
        unsetenv(OpenBLASCore.variable)
      }
    }
    restart(as: "Prescott")
    #expect(OpenBLASCore.choose() == "Prescott", "the user's word stands")
    unsetenv(OpenBLASCore.variable)
    let core = OpenBLASCore.choose()
    #expect(["SkylakeX", "Haswell"].contains(core))
    #expect(OpenBLASCore.preferred(for: Kernels.available.map(\.name), over: core) == nil)
    #expect(getenv(OpenBLASCore.variable) == nil)
  }

  /// The built-in model's 16-bit weights are widened in tiles: the seams must not show.
  @Test func manyRowsTogetherAreTheLogitsOfEachAlone() throws {
    let model = try Transformer.loadBuiltIn(threads: 2)
    var (hidden, together, alone): ([Float], [Float], [Float]) = ([], [], [])
    model.prefill(Array(300..<340), into: model.makeCache(), everyHidden: &hidden)
    model.computeLogitsTogether(hidden, into: &together)
    model.computeLogits(hidden, into: &alone)
    #expect(together.count == 40 * model.vocabularySize)
    let largest = zip(together, alone).map { abs($0 - $1) }.max() ?? .infinity
    #expect(largest < 2e-4, "largest difference \(largest)")
  }
}

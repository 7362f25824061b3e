import Testing

@testable import LMCore

@Suite struct BLASTests {
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

  /// The built-in model's 16-bit weights are widened in tiles: the seams must not show.
  @Test func manyRowsTogetherAreTheLogitsOfEachAlone() throws {
    let model = try GPT2Model.loadBuiltIn(threads: 2)
    var (hidden, together, alone): ([Float], [Float], [Float]) = ([], [], [])
    model.prefill(Array(300..<340), into: model.makeCache(), everyHidden: &hidden)
    model.computeLogitsTogether(hidden, into: &together)
    model.computeLogits(hidden, into: &alone)
    #expect(together.count == 40 * model.vocabularySize)
    let largest = zip(together, alone).map { abs($0 - $1) }.max() ?? .infinity
    #expect(largest < 2e-4, "largest difference \(largest)")
  }
}

import Testing

@testable import LMCore

/// Every instruction set's kernels against naive loops in Double, over odd sizes, unaligned memory and extremes.
@Suite struct KernelsTests {
  static let sizes = [
    1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 48, 63, 64, 65, 100, 127, 192, 384, 385, 400,
  ]

  /// Numbers around 1 of both signs, some of them 0.
  static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var generator = RandomSource(seed: seed)
    return (0..<count).map { _ in
      Int.random(in: 0..<20, using: &generator) == 0 ? 0 : Float.random(in: -2...2, using: &generator)
    }
  }

  /// Weights as stored, `shift` bytes off any alignment, and what they stand for.
  final class Stored {
    let memory: UnsafeMutableRawBufferPointer
    let type: BlockFormat
    let values: [Float]
    var pointer: UnsafeRawPointer { UnsafeRawPointer(memory.baseAddress! + shift) }
    private let shift: Int

    init(_ numbers: [Float], _ type: BlockFormat, shift: Int) {
      memory = .allocate(byteCount: numbers.count * type.bytesPerBlock + 64, alignment: 64)
      self.type = type
      self.shift = shift
      var values: [Float] = []
      for (i, number) in numbers.enumerated() {
        let place = memory.baseAddress! + shift + i * type.bytesPerBlock
        switch type {
        case .float32:
          place.storeBytes(of: number.bitPattern, as: UInt32.self)
          values.append(number)
        case .float16:
          let half = Float16(number)
          place.storeBytes(of: half.bitPattern, as: UInt16.self)
          values.append(Float(half))
        default:
          let bits = UInt16(truncatingIfNeeded: number.bitPattern >> 16)
          place.storeBytes(of: bits, as: UInt16.self)
          values.append(Float(bitPattern: UInt32(bits) << 16))
        }
      }
      self.values = values
    }

    deinit { memory.deallocate() }
  }

  @Test func severalInstructionSetsAreThere() {
    #expect(Kernels.available.last?.name == "scalar")
    #expect(Set(Kernels.available.map(\.name)).count == Kernels.available.count)
  }

  /// The ways to multiply rows of x with columns.
  enum ColumnKernel: CaseIterable {
    case accumulate, sum
  }

  @Test(arguments: Kernels.available.map(\.name), ColumnKernel.allCases)
  func columns(_ name: String, _ kernel: ColumnKernel) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for type in kernel == .sum ? BlockFormat.elements : [.float32] {
      for (round, columns) in Self.sizes.enumerated() {
        for depth in [0, 1, 2, 3, 4, 5, 8, 65] {
          for lanes in [1, 2, 3, 4, 5, 6, 7, 13, 26] {
            let stride = columns + round % 3
            let weights = Stored(Self.numbers(depth * stride + columns, seed: 1), type, shift: round % 5)
            let x = Self.numbers(lanes * (depth + 1), seed: 2)
            let start = Self.numbers(lanes * (columns + 2), seed: 3)
            var y = start
            multiply(
              kernels, kernel, &y, x, lanes: lanes, weights, stride: stride, depth: depth, columns: columns)
            var worst = 0.0
            for lane in 0..<lanes {
              for column in 0..<columns + 2 {
                let at = lane * (columns + 2) + column
                var sum = kernel == .sum && column < columns ? 0 : Double(start[at])
                if column < columns {
                  for k in 0..<depth {
                    sum += Double(x[lane * (depth + 1) + k]) * Double(weights.values[k * stride + column])
                  }
                }
                worst = max(worst, abs(sum - Double(y[at])))
              }
            }
            #expect(worst < 5e-5, "\(type), \(columns) columns, depth \(depth), \(lanes) lanes")
          }
        }
      }
    }
  }

  /// A prompt and a step must not differ in a bit: rows beside each other, and tiles, give what a row alone gives.
  @Test(arguments: Kernels.available.map(\.name), BlockFormat.elements)
  func rowsTogetherAndTilesSumAsARowAlone(_ name: String, _ type: BlockFormat) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    let rows = 13
    let groups = 3
    for (round, columns) in Self.sizes.enumerated() where columns <= Kernels.tileColumns {
      for depth in [1, 3, 4, 7, 32, 65, 96] {
        let stride = columns + round % 3
        let weights = Stored(Self.numbers((depth + 1) * stride, seed: 15), type, shift: round % 5)
        let x = Self.numbers(rows * (depth + 1), seed: 16)
        func sums(lanes: Int, from row: Int) -> [Float] {
          var y = [Float](repeating: 0, count: lanes * (columns + 2))
          multiply(
            kernels, .sum, &y, Array(x[(row * (depth + 1))...]), lanes: lanes, weights, stride: stride,
            depth: depth, columns: columns)
          return y
        }
        let alone = (0..<rows).map { sums(lanes: 1, from: $0) }
        for lanes in [2, 3, 4, 6, rows] {
          let same = zip(sums(lanes: lanes, from: 0), alone.joined()).allSatisfy {
            $0.bitPattern == $1.bitPattern
          }
          #expect(same, "\(columns) columns, depth \(depth), \(lanes) lanes")
        }

        var tile = [Float](repeating: .nan, count: depth * Kernels.tileColumns)
        kernels.fillTile(
          &tile, weights.pointer, type, stride: stride, depth: depth, following: 1, columns: columns)
        var arranged = [Float](repeating: .nan, count: groups * Kernels.tileRows * depth)
        for group in 0..<groups {
          let first = group * Kernels.tileRows
          arranged.withUnsafeMutableBufferPointer {
            Kernels.arrange(
              $0.baseAddress! + first * depth, Array(x[(first * (depth + 1))...]), stride: depth + 1,
              rows: min(Kernels.tileRows, rows - first), depth: depth)
          }
        }
        #expect(arranged.suffix(Kernels.tileRows - 1).allSatisfy { $0 == 0 }, "rows that are missing")
        var y = [Float](repeating: 77, count: groups * Kernels.tileRows * Kernels.tileColumns)
        kernels.addTile(&y, arranged, groups: groups, tile: tile, depth: depth, columns: columns)
        let same = (0..<rows).allSatisfy { row in
          (0..<columns).allSatisfy {
            y[row * Kernels.tileColumns + $0].bitPattern == (77 + alone[row][$0]).bitPattern
          }
        }
        #expect(same, "a tile of \(type), \(columns) columns, depth \(depth)")
      }
    }
  }

  /// Rows of x are one longer than `depth`, rows of y two longer than `columns`.
  private func multiply(
    _ kernels: Kernels, _ kernel: ColumnKernel, _ y: inout [Float], _ x: [Float], lanes: Int,
    _ weights: Stored,
    stride: Int, depth: Int, columns: Int
  ) {
    let floats = weights.pointer.assumingMemoryBound(to: Float.self)
    switch kernel {
    case .accumulate:
      kernels.accumulateColumns(
        &y, stride: columns + 2, x, stride: depth + 1, lanes: lanes, weights: floats, stride: stride,
        depth: depth,
        columns: columns)
    case .sum:
      kernels.sumColumns(
        &y, stride: columns + 2, x, stride: depth + 1, lanes: lanes, weights: weights.pointer, weights.type,
        stride: stride, depth: depth, columns: columns)
    }
  }

  @Test(arguments: Kernels.available.map(\.name), BlockFormat.elements)
  func rows(_ name: String, _ type: BlockFormat) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for (round, depth) in ([0] + Self.sizes).enumerated() {
      for rows in [1, 2, 3, 7, 8, 9, 20] {
        for lanes in [1, 2, 3, 4, 5, 6, 7, 13] {
          let stride = depth + round % 3
          let weights = Stored(Self.numbers(rows * stride + depth, seed: 4), type, shift: round % 5)
          let x = Self.numbers(lanes * (depth + 1), seed: 5)
          var y = [Float](repeating: 77, count: lanes * (rows + 1))
          kernels.dotRows(
            &y, stride: rows + 1, x, stride: depth + 1, lanes: lanes, weights: weights.pointer, type,
            stride: stride, depth: depth, rows: rows)
          var worst = 0.0
          for lane in 0..<lanes {
            for row in 0..<rows {
              var sum = 0.0
              for k in 0..<depth {
                sum += Double(x[lane * (depth + 1) + k]) * Double(weights.values[row * stride + k])
              }
              worst = max(worst, abs(sum - Double(y[lane * (rows + 1) + row])))
            }
            #expect(y[lane * (rows + 1) + rows] == 77)
          }
          #expect(worst < 5e-5, "\(rows) rows, depth \(depth), \(lanes) lanes")
        }
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func widensEveryHalf(_ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    let halves = (0...UInt16.max).map { $0 }
    var wide = [Float](repeating: 0, count: halves.count)
    halves.withUnsafeBytes { kernels.widen(&wide, $0.baseAddress!, .float16, count: halves.count) }
    for half in halves {
      let expected = Float(Float16(bitPattern: half))
      let value = wide[Int(half)]
      if expected.isNaN {
        #expect(value.isNaN)
      } else if value.bitPattern != expected.bitPattern {
        Issue.record("\(half) is \(value), not \(expected)")
      }
    }
    halves.withUnsafeBytes { kernels.widen(&wide, $0.baseAddress!, .bfloat16, count: halves.count) }
    #expect(halves.allSatisfy { wide[Int($0)].bitPattern == UInt32($0) << 16 })
  }

  @Test(arguments: Kernels.available.map(\.name), [1, 3, 4, 5, 16, 17, 40])
  func extremesPassThroughBothProducts(_ name: String, _ size: Int) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for value: Float in [.infinity, -.infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude] {
      for place in [0, size - 1] {
        var weights = [Float](repeating: 0.5, count: size)
        weights[place] = value
        var y: [Float] = [0]
        let ones = [Float](repeating: 1, count: size)
        kernels.dotRows(
          &y, stride: 1, ones, stride: size, lanes: 1, weights: weights, .float32, stride: size, depth: size,
          rows: 1)
        let expected = weights.reduce(0, +)
        #expect(value.isNaN ? y[0].isNaN : y[0] == expected)
        var columns = [Float](repeating: 0, count: size)
        kernels.sumColumns(
          &columns, stride: size, [1], stride: 1, lanes: 1, weights: weights, .float32, stride: size,
          depth: 1,
          columns: size)
        #expect((0..<size).allSatisfy { weights[$0].isNaN ? columns[$0].isNaN : columns[$0] == weights[$0] })
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func normalization(_ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for count in Self.sizes {
      let x = Self.numbers(count, seed: 6).map { 3 * $0 + 100 }
      let gain = Self.numbers(count, seed: 7)
      let bias = Self.numbers(count, seed: 8)
      for epsilon: Float in [1e-5, 0.3] {
        var y = [Float](repeating: 0, count: count)
        kernels.normalize(&y, x, gain: gain, bias: bias, count: count, epsilon: epsilon)
        let mean = x.reduce(0.0) { $0 + Double($1) } / Double(count)
        let variance = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
        let deviation = (variance + Double(epsilon)).squareRoot()
        var worst = 0.0
        for i in 0..<count {
          let expected = (Double(x[i]) - mean) / deviation * Double(gain[i]) + Double(bias[i])
          worst = max(worst, abs(expected - Double(y[i])))
        }
        #expect(worst < 2e-4, "\(count) elements")
        var inPlace = x
        inPlace.withUnsafeMutableBufferPointer {
          kernels.normalize(
            $0.baseAddress!, $0.baseAddress!, gain: gain, bias: bias, count: count, epsilon: epsilon)
        }
        #expect(inPlace == y)
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func rmsNormalization(_ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for count in Self.sizes {
      let x = Self.numbers(count, seed: 12).map { 3 * $0 + 1 }
      let gain = Self.numbers(count, seed: 13)
      for epsilon: Float in [1e-6, 0.3] {
        var y = [Float](repeating: 0, count: count)
        kernels.normalizeRMS(&y, x, gain: gain, count: count, epsilon: epsilon)
        let square = x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
        let root = (square + Double(epsilon)).squareRoot()
        let worst =
          (0..<count).map { abs(Double(x[$0]) / root * Double(gain[$0]) - Double(y[$0])) }.max() ?? 0
        #expect(worst < 2e-6, "\(count) elements")
        var inPlace = x
        inPlace.withUnsafeMutableBufferPointer {
          kernels.normalizeRMS(
            $0.baseAddress!, $0.baseAddress!, gain: gain, count: count, epsilon: epsilon)
        }
        #expect(inPlace == y)
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func softmax(_ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for count in Self.sizes {
      for (spread, offset) in [(1, 0), (30, 0), (1, 1e4), (1000, -1e3)] as [(Float, Float)] {
        let x = Self.numbers(count, seed: 9).map { $0 * spread + offset }
        var y = x
        kernels.softmax(&y, scale: 0.25, count: count)
        let top = x.max().map(Double.init) ?? 0
        let powers = x.map { exp64((Double($0) - top) * 0.25) }
        let sum = powers.reduce(0, +)
        let worst = (0..<count).map { abs(powers[$0] / sum - Double(y[$0])) }.max() ?? 0
        #expect(worst < 1e-6, "\(count) elements, spread \(spread), offset \(offset)")
      }
    }
    var one: [Float] = [-3]
    kernels.softmax(&one, scale: 1, count: 1)
    #expect(one == [1])
    for poison: Float in [.nan, .infinity] {
      for place in [0, 7, 18] {
        var y = [Float](repeating: 1, count: 19)
        y[place] = poison
        kernels.softmax(&y, scale: 1, count: 19)
        #expect(y.contains { $0.isNaN })
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func activations(_ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    let x = (0..<20_001).map { Float($0 - 10_000) / 500 } + [-1e30, 1e30, -88, 88, -1e-30, 1e-30, -0.0]
    let functions: [(ActivationFunction, (Double) -> Double)] = [
      (.gelu, { 0.5 * $0 * erfc64(-$0 / 2.0.squareRoot()) }),
      (.geluTanh, { 0.5 * $0 * (1 + tanh64(0.7978845608028654 * ($0 + 0.044715 * $0 * $0 * $0))) }),
      (.quickGelu, { $0 / (1 + exp64(-1.702 * $0)) }),
      (.relu, { max($0, 0) }),
      (.silu, { $0 / (1 + exp64(-$0)) }),
      (.tanh, { tanh64($0) }),
    ]
    for (function, exact) in functions {
      var y = x
      kernels.activate(&y, function, count: y.count)
      var (worst, at): (Double, Float) = (0, 0)
      for i in x.indices {
        let error = abs(exact(Double(x[i])) - Double(y[i])) / max(1, abs(Double(x[i])))
        if !(error <= worst) { (worst, at) = (error, x[i]) }
      }
      #expect(worst < 2e-7, "\(function): \(worst) at \(at)")
      var poison: [Float] = [1, .nan, 2, 3, 4]
      kernels.activate(&poison, function, count: 5)
      #expect(poison[1].isNaN && poison[0].isFinite && poison[4].isFinite)
      // An element's bits do not depend on where it stands.
      for start in 1..<20 {
        var part = Array(x[start..<start + 37])
        kernels.activate(&part, function, count: 37)
        #expect(firstBitDifference(part, Array(y[start..<start + 37])) == nil)
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func sums(_ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == name })
    for count in [0] + Self.sizes + [1000] {
      let x = Self.numbers(count, seed: 10)
      #expect(abs(Double(kernels.sum(x, count: count)) - x.reduce(0) { $0 + Double($1) }) < 1e-4)
      var y = Self.numbers(count, seed: 11)
      let expected = zip(x, y).map { $0 + $1 }
      kernels.add(&y, x, count: count)
      #expect(y == expected)
      let products = zip(x, y).map { $0 * $1 }
      kernels.multiply(&y, x, count: count)
      #expect(y == products)
    }
  }
}

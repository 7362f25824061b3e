import CKernels
import Testing

@testable import LMCore

/// The 8-bit kernels of every instruction set against naive loops, over odd sizes, unaligned memory and extremes.
@Suite struct QuantizedKernelsTests {
  /// Inputs that share a scale.
  static let groupInputs = QuantizedMatrix.groupInputs
  static let depths = [
    1, 3, 4, groupInputs - 1, groupInputs, groupInputs + 1, 2 * groupInputs, 3 * groupInputs + 4,
    5 * groupInputs - 3,
  ]
  static let widths = [1, 2, 15, 16, 17, 31, 33, 48, 63, 64, 65, 79, 100, 130]

  /// A matrix in 8 bits, in memory of its own, `shift` bytes off any alignment.
  final class Stored {
    let memory: UnsafeMutableRawBufferPointer
    let matrix: QuantizedMatrix

    init(inputs: Int, outputs: Int, shift: Int = 0) {
      let size = QuantizedMatrix.byteCount(inputs: inputs, outputs: outputs)
      memory = .allocate(byteCount: size + 64, alignment: 64)
      memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
      matrix = QuantizedMatrix(
        pointer: (memory.baseAddress! + shift).assumingMemoryBound(to: UInt8.self), inputs: inputs,
        outputs: outputs)
    }

    deinit { memory.deallocate() }

    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: matrix.pointer, count: matrix.byteCount)) }

    /// The scale of an output's group.
    func scale(_ output: Int, group: Int) -> Float {
      let block = UnsafeRawPointer(matrix.block(output: output / 16 * 16))
      let bits = block.loadUnaligned(fromByteOffset: ck_scales_at(group) + output % 16 * 2, as: UInt16.self)
      return Float(bitPattern: UInt32(bits) << 16)
    }

    func value(_ output: Int, input: Int) -> Int {
      let (group, row) = input.quotientAndRemainder(dividingBy: QuantizedMatrix.groupInputs)
      let place = ck_weights_at(group) + row / 4 * 64 + output % 16 * 4 + row % 4
      return Int(matrix.block(output: output / 16 * 16)[place]) - 128
    }

    func weight(_ output: Int, input: Int) -> Float {
      scale(output, group: input / QuantizedMatrix.groupInputs) * Float(value(output, input: input))
    }
  }

  /// Rows in 8 bits, as the kernels make them.
  final class Rows {
    let rows = QuantizedRows()
    let room: QuantizedRows.Room

    init(_ kernels: Kernels, _ x: [Float], count: Int) {
      room = rows.reserve(rows: x.count / count, count: count)
      for row in 0..<x.count / count {
        x.withUnsafeBufferPointer {
          kernels.quantizeRow(room, row: row, $0.baseAddress! + row * count, count: count)
        }
      }
    }

    func value(_ row: Int, _ input: Int) -> Int {
      Int(room.values[row * room.groups * QuantizedMatrix.groupInputs + input])
    }
    func scale(_ row: Int, group: Int) -> Float { room.scales[row * room.groups + group] }
    func offset(_ row: Int, group: Int) -> Int { Int(room.offsets[row * room.groups + group]) }
  }

  private func kernels(_ name: String) throws -> Kernels {
    try #require(Kernels.available.first { $0.name == name })
  }

  private func quantize(_ kernels: Kernels, _ weights: KernelsTests.Stored, _ stored: Stored, stride: Int) {
    for group in 0..<QuantizedMatrix.groups(stored.matrix.inputs) {
      kernels.quantizeColumns(
        to: stored.matrix, weights.pointer, weights.type, stride: stride, group: group)
    }
  }

  @Test(arguments: Kernels.available.map(\.name), depths)
  func rowsAreRoundedToTheNearest(_ name: String, _ count: Int) throws {
    let kernels = try kernels(name)
    for (scale, seed) in [(1, 1), (1e-20, 2), (3e37, 3), (100, 4)] as [(Float, UInt64)] {
      let x = KernelsTests.numbers(3 * count, seed: seed).map { $0 * scale }
      let rows = Rows(kernels, x, count: count)
      for row in 0..<3 {
        for group in 0..<rows.room.groups {
          let inputs = group * Self.groupInputs..<(group + 1) * Self.groupInputs
          let numbers = inputs.map { $0 < count ? x[row * count + $0] : 0 }
          let largest = numbers.map(abs).max() ?? 0
          let step = rows.scale(row, group: group)
          #expect(abs(step - largest / 127) <= step * 1e-6)
          let values = inputs.map { rows.value(row, $0) }
          #expect(rows.offset(row, group: group) == -128 * values.reduce(0, +))
          for (value, number) in zip(values, numbers) {
            #expect((-127...127).contains(value))
            #expect(abs(Float(value) * step - number) <= step * 0.50001)
          }
        }
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func everyInstructionSetMakesTheSameBytes(_ name: String) throws {
    let (kernels, scalar) = (try kernels(name), try kernels("scalar"))
    for (round, depth) in Self.depths.enumerated() {
      for width in [1, 16, 33] {
        let numbers = KernelsTests.numbers(depth * width, seed: 5)
        for type in BlockFormat.elements {
          let weights = KernelsTests.Stored(numbers, type, shift: round % 4)
          let (own, expected) = (
            Stored(inputs: depth, outputs: width), Stored(inputs: depth, outputs: width)
          )
          quantize(kernels, weights, own, stride: width)
          quantize(scalar, weights, expected, stride: width)
          #expect(own.bytes.count == expected.bytes.count)
          for output in 0..<width {
            for input in 0..<depth {
              #expect(own.weight(output, input: input) == expected.weight(output, input: input))
            }
          }
        }
      }
      let x = KernelsTests.numbers(depth, seed: 6)
      let (own, expected) = (Rows(kernels, x, count: depth), Rows(scalar, x, count: depth))
      #expect((0..<depth).allSatisfy { own.value(0, $0) == expected.value(0, $0) })
      #expect(
        (0..<own.room.groups).allSatisfy { own.scale(0, group: $0) == expected.scale(0, group: $0) })
    }
  }

  @Test(arguments: Kernels.available.map(\.name), BlockFormat.elements)
  func weightsAreRoundedToTheNearest(_ name: String, _ type: BlockFormat) throws {
    let kernels = try kernels(name)
    for (round, depth) in Self.depths.enumerated() {
      for width in Self.widths {
        let stride = width + round % 3
        let weights = KernelsTests.Stored(
          KernelsTests.numbers(depth * stride, seed: 7), type, shift: round % 5)
        let stored = Stored(inputs: depth, outputs: width, shift: round % 7)
        quantize(kernels, weights, stored, stride: stride)
        var worst: Float = 0
        for output in 0..<width {
          for group in 0..<QuantizedMatrix.groups(depth) {
            let inputs = group * Self.groupInputs..<min((group + 1) * Self.groupInputs, depth)
            let largest = inputs.map { abs(weights.values[$0 * stride + output]) }.max() ?? 0
            let step = stored.scale(output, group: group)
            // A bfloat16, never too small.
            #expect(step >= largest / 127 && step <= largest / 127 * 1.008)
            for input in inputs {
              let error = abs(
                stored.weight(output, input: input) - weights.values[input * stride + output])
              worst = max(worst, step > 0 ? error / step : error)
            }
          }
        }
        #expect(worst <= 0.50001, "\(depth) x \(width)")
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name), BlockFormat.elements)
  func rowsOfAMatrixGiveTheBytesOfItsColumns(_ name: String, _ type: BlockFormat) throws {
    let kernels = try kernels(name)
    for (round, depth) in Self.depths.enumerated() {
      for rows in [1, 15, 16, 17, 40] {
        let numbers = KernelsTests.numbers(rows * depth, seed: 8)
        let across = (0..<depth * rows).map { numbers[$0 % rows * depth + $0 / rows] }
        let (lying, standing) = (
          KernelsTests.Stored(numbers, type, shift: round % 5),
          KernelsTests.Stored(across, type, shift: 0)
        )
        let (own, expected) = (Stored(inputs: depth, outputs: rows), Stored(inputs: depth, outputs: rows))
        kernels.quantizeRows(
          to: own.matrix.pointer, lying.pointer, type, stride: depth, depth: depth, rows: rows)
        quantize(kernels, standing, expected, stride: rows)
        #expect(own.bytes == expected.bytes, "\(rows) rows of \(depth)")
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func products(_ name: String) throws {
    let kernels = try kernels(name)
    for (round, width) in Self.widths.enumerated() {
      for depth in [
        1, Self.groupInputs, Self.groupInputs + 1, 2 * Self.groupInputs + 6, 4 * Self.groupInputs,
      ] {
        let weights = KernelsTests.Stored(KernelsTests.numbers(depth * width, seed: 9), .float32, shift: 0)
        let stored = Stored(inputs: depth, outputs: width, shift: round % 5)
        quantize(kernels, weights, stored, stride: width)
        let x = Rows(kernels, KernelsTests.numbers(9 * depth, seed: 10), count: depth)
        for (first, lanes) in [(0, 1), (1, 2), (2, 3), (0, 4), (1, 5), (0, 9)] {
          expectProduct(kernels, x, first: first, lanes: lanes, stored)
        }
      }
    }
  }

  /// Nothing may saturate, nor wrap: every product of the largest size, in every mixture of signs.
  @Test(arguments: Kernels.available.map(\.name))
  func extremesDoNotOverflow(_ name: String) throws {
    let kernels = try kernels(name)
    let depth = 3 * Self.groupInputs
    let signs: [(Int) -> Float] = [
      { _ in 1 }, { _ in -1 }, { $0 % 2 == 0 ? 1 : -1 }, { $0 % 3 == 0 ? -1 : 1 }, { $0 % 4 < 2 ? 1 : -1 },
    ]
    for weightSign in signs {
      for rowSign in signs {
        let weights = KernelsTests.Stored((0..<depth * 17).map { weightSign($0 / 17) }, .float32, shift: 0)
        let stored = Stored(inputs: depth, outputs: 17)
        quantize(kernels, weights, stored, stride: 17)
        let x = Rows(kernels, (0..<4 * depth).map { rowSign($0 % depth) }, count: depth)
        for lanes in [1, 2, 3, 4] { expectProduct(kernels, x, first: 0, lanes: lanes, stored) }
      }
    }
  }

  /// The product over the numbers that the 8 bits stand for; a rounding of each group is allowed.
  private func expectProduct(_ kernels: Kernels, _ x: Rows, first: Int, lanes: Int, _ stored: Stored) {
    let (width, depth) = (stored.matrix.outputs, stored.matrix.inputs)
    let stride = width + 3
    let start = KernelsTests.numbers(lanes * stride, seed: 11)
    var y = start
    kernels.accumulateQuantized(
      &y, stride: stride, x.room.view, first: first, lanes: lanes, weights: stored.matrix.pointer,
      columns: width)
    var worst = 0.0
    for lane in 0..<lanes {
      for column in 0..<stride {
        var (sum, size) = (Double(start[lane * stride + column]), 1.0)
        if column < width {
          for k in 0..<depth {
            let factor =
              Double(x.value(first + lane, k)) * Double(x.scale(first + lane, group: k / Self.groupInputs))
            let product = factor * Double(stored.weight(column, input: k))
            sum += product
            size += abs(product)
          }
        }
        worst = max(worst, abs(sum - Double(y[lane * stride + column])) / size)
      }
    }
    #expect(worst < 1e-6, "\(depth) x \(width), \(lanes) lanes from \(first)")
  }

  @Test(arguments: Kernels.available.map(\.name))
  func whatIsNoNumberStaysNone(_ name: String) throws {
    let kernels = try kernels(name)
    let (depth, width) = (2 * Self.groupInputs + 6, 20)
    for poison: Float in [.nan, .infinity, -.infinity] {
      for place in [0, Self.groupInputs - 1, Self.groupInputs + 1, depth - 1] {
        var numbers = KernelsTests.numbers(depth * width, seed: 12)
        numbers[place * width + 3] = poison
        let stored = Stored(inputs: depth, outputs: width)
        quantize(kernels, KernelsTests.Stored(numbers, .float32, shift: 0), stored, stride: width)
        let x = Rows(kernels, KernelsTests.numbers(depth, seed: 13), count: depth)
        var y = [Float](repeating: 0, count: width)
        kernels.accumulateQuantized(
          &y, stride: width, x.room.view, first: 0, lanes: 1, weights: stored.matrix.pointer,
          columns: width)
        #expect((0..<width).allSatisfy { $0 == 3 ? y[$0].isNaN : y[$0].isFinite })
        var row = KernelsTests.numbers(depth, seed: 14)
        row[place] = poison
        let poisoned = Rows(kernels, row, count: depth)
        kernels.accumulateQuantized(
          &y, stride: width, poisoned.room.view, first: 0, lanes: 1, weights: stored.matrix.pointer,
          columns: width)
        #expect(y.allSatisfy { $0.isNaN })
      }
    }
  }

  @Test(arguments: Kernels.available.map(\.name))
  func sizesBeyondEightBitsSurvive(_ name: String) throws {
    let kernels = try kernels(name)
    // Zeros, the largest and the smallest floats: no scale may become infinite or a division fail.
    for number: Float in [0, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude] {
      let stored = Stored(inputs: Self.groupInputs, outputs: 16)
      let numbers = (0..<Self.groupInputs * 16).map { $0 % 5 == 0 ? -number : number }
      quantize(kernels, KernelsTests.Stored(numbers, .float32, shift: 0), stored, stride: 16)
      let rows = Rows(kernels, Array(numbers.prefix(Self.groupInputs)), count: Self.groupInputs)
      for input in 0..<Self.groupInputs {
        // In Double: 127 of a scale that was rounded up are more than the largest float.
        let size = Double(number.magnitude)
        let value = Double(rows.scale(0, group: 0)) * Double(rows.value(0, input))
        #expect(abs(value - Double(numbers[input])) <= max(size / 200, 1e-30))
        let weight = Double(stored.scale(2, group: 0)) * Double(stored.value(2, input: input))
        #expect(abs(weight - Double(numbers[input * 16 + 2])) <= max(size / 100, 1e-30))
      }
    }
  }
}

import Glibc

/// Rotary positions (arXiv 2104.09864): pairs of a head's numbers are rotated by angles that grow with the position.
package struct Rotary: Hashable, Sendable {
  /// Which numbers make a pair.
  package enum Pairing: Sendable {
    /// i and i + width / 2: as transformers has them.
    case halves
    /// 2 i and 2 i + 1: as the paper has them.
    case neighbours
  }

  /// How frequencies are changed for texts longer than those of training.
  package enum Scaling: Hashable, Sendable {
    case none
    /// All divided by a factor (arXiv 2306.15595).
    case linear(factor: Float)
    /// Llama 3.1: frequencies that make fewer than `low` turns in `trainedLength` positions are divided by the factor, those that make more
    /// than `high` stay, and between them it goes over smoothly.
    case llama3(factor: Float, low: Float, high: Float, trainedLength: Float)
  }

  package var pairing = Pairing.halves
  /// How many of a head's first numbers are meant to be rotated. Where it is odd one more is, as transformers rounds.
  package var dimensions: Int
  /// Frequency i is base^(-2 i / dimensions).
  package var base: Float
  package var scaling = Scaling.none
  /// What each pair's frequency is divided by besides; empty where nothing is. GGUF files hold Llama 3's scaling in this form.
  package var divisors: [Float] = []

  /// How many pairs are rotated.
  var pairCount: Int { (dimensions + 1) / 2 }
  /// How many of a head's numbers are rotated.
  package var width: Int { 2 * pairCount }

  /// Radians a position, [width / 2], in float32 step by step as transformers computes them: in double the angles at position 8,000
  /// are other ones.
  var frequencies: [Float] {
    (0..<pairCount).map { index in
      let exponent = Float(2 * index) / Float(dimensions)
      let frequency = 1 / Float(pow(Double(base), Double(exponent)))
      return divisors.isEmpty ? scaled(frequency) : scaled(frequency) / divisors[index]
    }
  }

  private func scaled(_ frequency: Float) -> Float {
    switch scaling {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let low, let high, let trainedLength):
      // Float.pi is rounded down.
      let wavelength = Float(2 * Double.pi) / frequency
      if wavelength < trainedLength / high { return frequency }
      if wavelength > trainedLength / low { return frequency / factor }
      let smooth = (trainedLength / wavelength - low) / (high - low)
      return (1 - smooth) * frequency / factor + smooth * frequency
    }
  }
}

/// Cosines and sines of a rotation at the positions of some rows.
final class RotationTable {
  let rotary: Rotary
  /// [pairs]
  private let frequencies: FloatBuffer
  /// [T, 2, pairs]: of each row the cosines, then the sines.
  private let turns: FloatBuffer

  init(_ rotary: Rotary, capacity: Int) {
    self.rotary = rotary
    frequencies = FloatBuffer(count: rotary.pairCount)
    for (index, frequency) in rotary.frequencies.enumerated() { frequencies.pointer[index] = frequency }
    turns = FloatBuffer(count: capacity * rotary.width)
  }

  /// Sets the position of a row. The angle is rounded to float32, as in transformers.
  func place(_ row: Int, at position: Int) {
    let (cosines, sines) = pointers(row)
    for index in 0..<rotary.pairCount {
      let angle = Double(Float(position) * frequencies.pointer[index])
      cosines[index] = Float(cos(angle))
      sines[index] = Float(sin(angle))
    }
  }

  /// Rotates a head's numbers, [D], by the angles of a row's position.
  func rotate(_ head: UnsafeMutablePointer<Float>, row: Int) {
    let (cosines, sines) = pointers(row)
    let count = rotary.pairCount
    // The distance from pair to pair, and from a pair's first number to its second.
    let (step, apart) = rotary.pairing == .halves ? (1, count) : (2, 1)
    for index in 0..<count {
      let (x, y) = (head[index * step], head[index * step + apart])
      head[index * step] = x * cosines[index] - y * sines[index]
      head[index * step + apart] = y * cosines[index] + x * sines[index]
    }
  }

  private func pointers(_ row: Int) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    let start = turns.pointer + row * rotary.width
    return (start, start + rotary.pairCount)
  }
}

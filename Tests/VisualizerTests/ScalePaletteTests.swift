import Glibc
import Testing

@testable import Visualizer

/// The colours of the text's scales, in normal vision and in all common kinds of colour blindness.
@Suite struct ScalePaletteTests {
  private typealias Triple = SIMD3<Double>

  /// Machado, Oliveira and Fernandes 2009, full severity: rows of the matrix on linear RGB.
  private static let visions: [String: [Triple]] = [
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [
      [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
      [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
      [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ],
  ]

  /// Linear RGB of a colour of xterm's cube.
  private func linear(_ style: Style) throws -> Triple {
    guard case .indexed(let index) = style.foreground, (16..<232).contains(index) else {
      throw NotOfTheCube()
    }
    let levels = [0, 95, 135, 175, 215, 255].map { Double($0) / 255 }
    let cube = Int(index) - 16
    let channels = [cube / 36, cube / 6 % 6, cube % 6].map { levels[$0] }.map {
      $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4)
    }
    return Triple(channels[0], channels[1], channels[2])
  }

  private struct NotOfTheCube: Error {}

  private func apply(_ matrix: [Triple], _ color: Triple) -> Triple {
    Triple((matrix[0] * color).sum(), (matrix[1] * color).sum(), (matrix[2] * color).sum())
  }

  private func lab(_ linear: Triple) -> Triple {
    let bounded = linear.clamped(lowerBound: .zero, upperBound: .one)
    let xyz =
      apply([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], bounded)
      / Triple(0.95047, 1, 1.08883)
    func f(_ value: Double) -> Double { value > 0.008856 ? cbrt(value) : 7.787 * value + 16.0 / 116 }
    let (x, y, z) = (f(xyz.x), f(xyz.y), f(xyz.z))
    return Triple(116 * y - 16, 500 * (x - y), 200 * (y - z))
  }

  @Test func stepsDifferForAllEyes() throws {
    let colors = try (0..<5).map { try linear(Theme(depth: .xterm256).scale($0)) }
    for (name, matrix) in Self.visions {
      for first in 0..<5 {
        for second in first + 1..<5 {
          let difference = lab(apply(matrix, colors[first])) - lab(apply(matrix, colors[second]))
          let distance = (difference * difference).sum().squareRoot()
          #expect(distance > 25, "\(name): \(first) and \(second) are \(distance) apart")
        }
      }
    }
  }

  @Test func stepsCanBeReadOnBlackAndOnWhite() throws {
    for step in 0..<5 {
      let color = try linear(Theme(depth: .xterm256).scale(step))
      let luminance = (color * Triple(0.2126, 0.7152, 0.0722)).sum()
      #expect((luminance + 0.05) / 0.05 > 3)
      #expect(1.05 / (luminance + 0.05) > 2)
    }
  }
}

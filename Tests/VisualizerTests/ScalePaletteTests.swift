import Glibc
import Presentation
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

  /// The smallest distance of two colours in any vision.
  private func distance(_ first: UInt8, _ second: UInt8) -> Double {
    Self.visions.values.map { matrix in
      let difference =
        lab(apply(matrix, RGB(xterm: first).linear)) - lab(apply(matrix, RGB(xterm: second).linear))
      return (difference * difference).sum().squareRoot()
    }.min() ?? 0
  }

  @Test(arguments: [Theme.Variant.dark, .light, .neutral])
  func stepsDifferForAllEyes(variant: Theme.Variant) {
    let theme = Theme(depth: .xterm256, variant: variant)
    let steps = (0..<5).map(theme.scale)
    for (first, one) in steps.enumerated() {
      for (second, other) in steps.enumerated().dropFirst(first + 1) {
        guard case .indexed(let a) = one.foreground, case .indexed(let b) = other.foreground else {
          Issue.record("\(variant): no colour")
          continue
        }
        let distance = distance(a, b)
        // Attributes help where the colours alone do not.
        let needed = one.attributes == other.attributes ? 28.0 : 18
        #expect(distance >= needed, "\(variant): \(first) and \(second) are \(distance) apart")
      }
    }
  }
}

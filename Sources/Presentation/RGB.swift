import Glibc

/// A colour of the sRGB space.
package struct RGB: Hashable, Sendable {
  package let red, green, blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// `0xRRGGBB`
  package init(_ code: UInt32) {
    self.init(
      red: UInt8(code >> 16 & 0xFF), green: UInt8(code >> 8 & 0xFF), blue: UInt8(code & 0xFF))
  }

  /// A colour of xterm's cube (16...231) or of its greys (232...255). The first sixteen differ between terminals.
  package init(xterm index: UInt8) {
    precondition(index >= 16, "the first sixteen colours differ between terminals")
    if index >= 232 {
      let grey = 8 + 10 * (index - 232)
      self.init(red: grey, green: grey, blue: grey)
    } else {
      let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
      let place = Int(index) - 16
      self.init(red: levels[place / 36], green: levels[place / 6 % 6], blue: levels[place % 6])
    }
  }

  /// `#rrggbb`
  package var hex: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The channels on a linear scale, 0...1.
  package var linear: SIMD3<Double> {
    func channel(_ value: UInt8) -> Double {
      let share = Double(value) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return SIMD3(channel(red), channel(green), channel(blue))
  }

  /// The relative luminance of WCAG 2, from 0 (black) to 1 (white).
  package var luminance: Double { (linear * SIMD3(0.2126, 0.7152, 0.0722)).sum() }

  /// This colour with a share (0...1) of opacity over another one.
  package func mixed(_ share: Double, over other: RGB) -> RGB {
    func mix(_ channel: KeyPath<RGB, UInt8>) -> UInt8 {
      let (front, back) = (Double(self[keyPath: channel]), Double(other[keyPath: channel]))
      return UInt8((front * share + back * (1 - share)).rounded())
    }
    return RGB(red: mix(\.red), green: mix(\.green), blue: mix(\.blue))
  }
}

import Glibc

/// A number in a JSON text: where it stands, and its value.
struct JSONNumber {
  /// Where the literal stands.
  let literal: Range<Int>
  let isNegative: Bool
  /// The number is `digits` * 10^`exponent`; `digits` modulo 2^64, if the literal has many.
  let digits: UInt64
  let digitCount: Int
  let exponent: Int

  /// Any number of so many digits is below 2^63.
  private static let mostDigits = 18

  /// 5^0 to 5^27, all that have 64 bits.
  private static let powersOfFive: [UInt64] = (0...27).map { (0..<$0).reduce(1) { power, _ in power * 5 } }

  /// The `Double` nearest to the number, ties to even; infinite where it is too large.
  ///
  /// - Parameter bytes: the text that it was read from.
  func value(in bytes: UnsafeRawBufferPointer) -> Double {
    guard (1 - Self.powersOfFive.count...0).contains(exponent), hasFewDigits(in: bytes) else {
      // Also Python's words.
      return Double(String(decoding: bytes[literal], as: UTF8.self)) ?? .nan
    }
    let size = exponent == 0 ? Double(digits) : quotient
    return isNegative ? -size : size
  }

  private func hasFewDigits(in bytes: UnsafeRawBufferPointer) -> Bool {
    if digitCount <= Self.mostDigits { return true }
    // Those of 0.000123 are seven, of which three count.
    let zeros = bytes[literal].prefix { $0 < UInt8(ascii: "1") }.count { $0 == UInt8(ascii: "0") }
    return digitCount - zeros <= Self.mostDigits
  }

  /// By one exact division, several times as fast as a general conversion: a server's answer has a number for each token.
  private var quotient: Double {
    guard digits > 0 else { return 0 }
    let divisor = Self.powersOfFive[-exponent]
    let (left, right) = (digits.leadingZeroBitCount - 1, divisor.leadingZeroBitCount)
    let (quotient, remainder) = (divisor << right).dividingFullWidth((digits << left, 0))
    // At least 62 bits, of which a Double keeps 53: what is left over decides no more than a tie.
    let rounded = Double(quotient | (remainder == 0 ? 0 : 1))
    return scalbn(rounded, Int32(right - left - 64 + exponent))
  }
}

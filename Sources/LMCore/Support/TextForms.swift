extension FixedWidthInteger {
  /// The digits to base 16, with zeros before them up to `count` digits.
  package func hexadecimal(digits count: Int = 2, uppercase: Bool = false) -> String {
    let digits = String(self, radix: 16, uppercase: uppercase)
    return String(repeating: "0", count: Swift.max(count - digits.utf8.count, 0)) + digits
  }
}

extension StringProtocol {
  /// The text without white space and line ends at its ends.
  package func trimmed() -> SubSequence {
    guard let start = firstIndex(where: { !$0.isWhitespace }),
      let end = lastIndex(where: { !$0.isWhitespace })
    else { return self[endIndex...] }
    return self[start...end]
  }
}

extension String {
  /// A copy in which some characters are written otherwise.
  ///
  /// - Parameter replacement: what stands for a scalar; nil leaves it as it is.
  package func escaped(with replacement: (Unicode.Scalar) -> String?) -> String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { replacement($0) != nil }) else { return self }
    var result = String.UnicodeScalarView(scalars[..<first])
    for scalar in scalars[first...] {
      if let text = replacement(scalar) {
        result.append(contentsOf: text.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

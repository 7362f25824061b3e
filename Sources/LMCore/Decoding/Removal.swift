/// How a token left the candidates, in one byte a token.
enum Removal {
  static let none: UInt8 = 0
  /// Its logit is minus infinity: the model itself gives it no probability.
  static let impossible: UInt8 = .max

  static func code(_ filter: FilterName) -> UInt8 {
    FilterName.allCases.firstIndex(of: filter).map { UInt8($0 + 1) } ?? impossible
  }

  static func filter(_ code: UInt8) -> FilterName? {
    code == none || code == impossible ? nil : FilterName.allCases[Int(code) - 1]
  }
}

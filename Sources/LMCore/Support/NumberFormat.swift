import Glibc

/// Numbers as people read them, without Foundation and without the locale's decimal comma.
public enum NumberFormat {
  /// `value` with exactly `decimals` digits behind the point, rounded as C's printf rounds: "3.14", "-0.5", "inf", "nan".
  public static func fixed(_ value: Double, decimals: Int) -> String {
    precondition((0...60).contains(decimals), "a number of decimals")
    return printed(value, "%.*f", Int32(decimals))
  }

  private static func printed(_ value: Double, _ format: String, _ precision: CVarArg...) -> String {
    // The longest finite Double has 309 digits before the point.
    var buffer = [CChar](repeating: 0, count: 400)
    let length = withVaList(precision + [value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    return String(
      decoding: buffer.prefix(max(Int(length), 0)).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The fewest digits that restore the number: "0.925", "40", "inf".
  package static func shortest(_ value: some CustomStringConvertible & BinaryFloatingPoint) -> String {
    let digits = value.description
    return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }

  /// The value of a knob: two decimals where they say it ("1.10", "0.95"), else up to four significant digits
  /// ("0.925", "0.0003"), with an exponent where the number is very small or large ("1e-300"); "∞", "-∞".
  public static func knob(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "∞" : "-∞" }
    let short = printed(value, "%.4g")
    if abs(value) < 100_000 {
      let twoDecimals = fixed(value, decimals: 2)
      // Also where the number is off by no more than its first four digits tell, as 0.7 + 0.1 is.
      if let rounded = Double(twoDecimals), rounded == value || rounded == Double(short) {
        return twoDecimals
      }
    }
    // C writes 1e-05 and 1e+300.
    let parts = short.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return short }
    return "\(parts[0])e\(exponent)"
  }

  /// `number` in groups of three digits: "4,096".
  public static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude).utf8
    var grouped: [UInt8] = number < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(UInt8(ascii: ",")) }
      grouped.append(digit)
    }
    return String(decoding: grouped, as: UTF8.self)
  }

  /// A share in 0...1 in at most six columns: "100%", "41.2%", "0.94%", "<0.01%", "0%".
  ///
  /// What is not all never reads as "100%" (">99.9%"), and what is not nothing never as "0%".
  public static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    // Sums over a vocabulary carry rounding errors of about 1e-13: they must not show.
    if share >= 1 - 1e-12 { return "100%" }
    if share <= 0 { return "0%" }
    if share >= 0.9995 { return ">99.9%" }
    if share < 0.0001 { return "<0.01%" }
    // 0.99995 % would round to "1.00%": from there on one decimal says the same.
    return fixed(share * 100, decimals: share < 0.009995 ? 2 : 1) + "%"
  }

  /// As `percent`, but with its digits also where the share is tiny: "4.31e-7%". A share below 1e-99 % is "<0.01%" again.
  ///
  /// - Parameter digits: significant ones of such a share; with one it takes at most six columns, as `percent` does.
  public static func exactPercent(_ share: Double, digits: Int) -> String {
    guard share > 0, share < 0.0001 else { return percent(share) }
    let parts = printed(share * 100, "%.*e", Int32(digits - 1)).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]), exponent > -100 else { return percent(share) }
    if exponent >= -3 { return fixed(share * 100, decimals: digits - 1 - exponent) + "%" }
    return "\(parts[0])e\(exponent)%"
  }

  /// A large count in three significant digits: "512", "5.91M", "124M", "1.56B".
  public static func abbreviated(_ count: Int) -> String {
    scaled(Double(count), step: 1000, units: ["", "K", "M", "B", "T"], separator: "")
  }

  /// A number of bytes in three significant digits and decimal units: "12.3 MB".
  public static func bytes(_ count: Int) -> String {
    scaled(Double(count), step: 1000, units: ["B", "KB", "MB", "GB", "TB"], separator: " ")
  }

  private static func scaled(_ value: Double, step: Double, units: [String], separator: String) -> String {
    var value = value
    var unit = 0
    // 999.5 would be printed as "1000": it belongs to the next unit.
    while abs(value) >= step - 0.5, unit < units.count - 1 {
      value /= step
      unit += 1
    }
    let decimals = unit == 0 || abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2
    return fixed(value, decimals: decimals) + separator + units[unit]
  }
}

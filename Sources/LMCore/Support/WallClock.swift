import Glibc

/// The time of day, which somebody may set: only to say how long ago a file was written and to write a date, never to wait or to measure.
enum WallClock {
  /// Local time in a format of strftime; empty where that gives more than 255 bytes.
  static func text(_ format: String) -> String {
    var (seconds, parts) = (Glibc.time(nil), tm())
    guard localtime_r(&seconds, &parts) != nil else { return "" }
    return text(parts, format)
  }

  static func text(_ parts: tm, _ format: String) -> String {
    var parts = parts
    var buffer = [CChar](repeating: 0, count: 256)
    let length = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The seconds since a time in seconds since 1970; 0 for a time to come.
  static func seconds(since time: Int) -> Int { max(Glibc.time(nil) - time, 0) }
}

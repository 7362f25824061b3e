import Glibc

/// The time of day, which somebody may set: only to say how long ago a file was written, never to wait or to measure.
enum WallClock {
  /// The seconds since a time in seconds since 1970; 0 for a time to come.
  static func seconds(since time: Int) -> Int { max(Glibc.time(nil) - time, 0) }
}

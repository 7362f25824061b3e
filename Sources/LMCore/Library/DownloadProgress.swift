/// An event of a download, for a progress bar or lines of text.
public enum DownloadEvent: Equatable, Sendable {
  /// All sizes are known: `bytes` in all, of which `present` are in the cache already.
  case planned(model: String, commit: String, files: Int, bytes: Int, present: Int)
  /// A file starts, or continues after `present` bytes of an earlier download.
  case started(file: String, bytes: Int?, present: Int)
  /// At most about twenty times a second, and once when a file is complete.
  case progressed(DownloadProgress)
  /// The file is complete, of the right hash, and has its name in the cache.
  case finished(file: String)
  /// The cache has the file already.
  case found(file: String)
  /// Another process is fetching the same file.
  case waiting(file: String)
  /// The transfer was interrupted and continues after a pause.
  case retrying(file: String, reason: HubError, seconds: Double)
}

/// The progress of a download.
public struct DownloadProgress: Equatable, Sendable {
  /// The file that is being fetched: its path in the repository.
  public let file: String
  /// Bytes of the whole model that are present, those of earlier downloads included.
  public let bytes: Int
  /// Bytes of the whole model, as far as the server tells sizes.
  public let total: Int
  /// Mean of the last seconds; nil at the beginning.
  public let bytesPerSecond: Double?

  /// Estimated seconds until the end; nil while the rate is not known.
  public var secondsLeft: Double? {
    guard let bytesPerSecond, bytesPerSecond > 0 else { return nil }
    return Double(max(total - bytes, 0)) / bytesPerSecond
  }
}

/// Bytes a second over a sliding window, so that a change of speed shows soon.
struct TransferRate {
  private static let window = 5.0
  private var samples: [(time: Double, bytes: Int)] = []

  /// - Parameter bytes: received since the beginning; never fewer than before.
  mutating func record(bytes: Int, at time: Double) {
    // A sample every quarter of a second is enough, and keeps the list short.
    if samples.count > 1, time - samples[samples.count - 2].time < 0.25 {
      samples[samples.count - 1] = (time, bytes)
    } else {
      samples.append((time, bytes))
    }
    // One sample from before the window stays, so that there are always two.
    while samples.count > 2, samples[1].time < time - Self.window { samples.removeFirst() }
  }

  /// nil until the samples span half a second.
  var bytesPerSecond: Double? {
    guard let first = samples.first, let last = samples.last, last.time - first.time >= 0.5 else {
      return nil
    }
    return Double(last.bytes - first.bytes) / (last.time - first.time)
  }
}

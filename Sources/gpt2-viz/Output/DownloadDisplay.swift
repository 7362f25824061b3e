import LMCore
import Presentation

/// The progress of a download: on a terminal one line that changes, elsewhere one line after the other.
struct DownloadDisplay {
  /// Width of the terminal; nil where there is none.
  let columns: Int?
  let picture: BarPicture
  /// Seconds between two lines about a file where there is no terminal.
  static let pause = 10.0

  private var lastLine = -Double.infinity
  private var hasOpenLine = false
  private var isPlanned = false

  init(columns: Int?, picture: BarPicture) {
    self.columns = columns
    self.picture = picture
  }

  /// What to write to standard error for an event; nothing for most.
  ///
  /// - Parameter time: seconds of a clock that only goes forward.
  mutating func text(for event: DownloadEvent, at time: Double) -> String {
    switch event {
    case .planned(let model, let commit, let files, let bytes, let present):
      // config.json has just been fetched; it alone is not worth mentioning.
      let rest =
        present >= bytes / 100 && present < bytes ? ", of which \(NumberFormat.bytes(present)) are here" : ""
      (lastLine, isPlanned) = (time, true)
      return line(
        "\(model) at \(commit.prefix(7)): \(counted(files, "file")), \(NumberFormat.bytes(bytes))\(rest)")
    case .progressed(let progress):
      if let columns {
        hasOpenLine = true
        return "\r" + bar(progress, columns: columns) + "\u{1B}[K"
      }
      guard time - lastLine >= Self.pause else { return "" }
      lastLine = time
      return line("\(progress.file): " + words(progress).joined(separator: ", "))
    case .waiting(let file):
      return line("\(file): another process is fetching it; waiting")
    case .retrying(let file, let reason, let seconds):
      return line(
        "\(file): \(reason.summary); trying again in \(NumberFormat.fixed(seconds, decimals: 0)) s")
    case .finished(let file):
      return columns == nil && isPlanned ? line("\(file): done") : ""
    case .started, .found:
      return ""
    }
  }

  /// Ends the line that changes; empty where none is open.
  mutating func ending() -> String {
    defer { hasOpenLine = false }
    return hasOpenLine ? "\n" : ""
  }

  private mutating func line(_ text: String) -> String {
    defer { hasOpenLine = false }
    return (hasOpenLine ? "\r\u{1B}[K" : "") + "gpt2-viz: " + withoutControls(text) + "\n"
  }

  /// `model.safetensors  ██████▌       236 MB of 548 MB  43.1%  11.2 MB/s  0:28 left`, as far as it fits.
  private func bar(_ progress: DownloadProgress, columns: Int) -> String {
    let words = words(progress)
    let share = progress.total > 0 ? Double(progress.bytes) / Double(progress.total) : 0
    let bar = picture.wholeBar(share, width: 20)
    return BarPicture.line(
      [[withoutControls(progress.file), bar] + words, [bar] + words, words, [words[0]]], columns: columns)
  }

  private func words(_ progress: DownloadProgress) -> [String] {
    let share = progress.total > 0 ? Double(progress.bytes) / Double(progress.total) : 0
    var words = [
      "\(NumberFormat.bytes(progress.bytes)) of \(NumberFormat.bytes(progress.total))",
      NumberFormat.percent(share),
    ]
    if let rate = progress.bytesPerSecond { words.append(NumberFormat.bytes(Int(rate)) + "/s") }
    if let seconds = progress.secondsLeft { words.append(duration(seconds) + " left") }
    return words
  }
}

/// `0:07`, `12:30`, `1:02:03`.
func duration(_ seconds: Double) -> String {
  guard seconds < 360_000 else { return "days" }
  let total = Int(seconds.rounded(.up))
  let pad = { (number: Int) in (number < 10 ? "0" : "") + String(number) }
  let (hours, minutes) = (total / 3600, total / 60 % 60)
  return (hours > 0 ? "\(hours):\(pad(minutes))" : String(minutes)) + ":" + pad(total % 60)
}

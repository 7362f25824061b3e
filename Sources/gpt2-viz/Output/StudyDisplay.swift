import LMCore

/// The progress of a study: on a terminal one line that changes, elsewhere a line from time to time.
struct StudyDisplay {
  /// Width of the terminal; nil where there is none.
  let columns: Int?
  let picture: BarPicture
  /// Seconds between two lines where there is no terminal.
  static let pause = 10.0
  /// Seconds between two changes of the line on a terminal.
  static let refresh = 0.1

  private var first: (time: Double, share: Double)?
  private var lastTime = -Double.infinity
  private var hasOpenLine = false

  init(columns: Int?, picture: BarPicture) { (self.columns, self.picture) = (columns, picture) }

  /// What to write to standard error; nothing most times.
  ///
  /// - Parameter time: seconds of a clock that only goes forward.
  mutating func text(for progress: Study.Progress, at time: Double) -> String {
    let start = first ?? (time, progress.share)
    first = start
    guard time - lastTime >= (columns == nil ? Self.pause : Self.refresh) else { return "" }
    // A run that is shorter than a pause needs no line.
    guard columns != nil || lastTime > -.infinity || time > start.time else {
      lastTime = time
      return ""
    }
    lastTime = time
    let words = words(progress, seconds: time - start.time, done: progress.share - start.share)
    guard let columns else { return "gpt2-viz: \(words.joined(separator: ", "))\n" }
    hasOpenLine = true
    let forms = [[picture.wholeBar(progress.share, width: 20)] + words, words, [words[0]]]
    return "\r" + BarPicture.line(forms, columns: columns) + "\u{1B}[K"
  }

  /// Erases the line that changes; empty where none is open.
  mutating func ending() -> String {
    defer { hasOpenLine = false }
    return hasOpenLine ? "\r\u{1B}[K" : ""
  }

  private func words(_ progress: Study.Progress, seconds: Double, done: Double) -> [String] {
    var words = [
      "\(NumberFormat.grouped(progress.finishedTexts)) of \(NumberFormat.grouped(progress.textCount)) texts",
      NumberFormat.percent(progress.share),
    ]
    if seconds > 0.5, done > 0 {
      words.append("\(NumberFormat.abbreviated(Int(Double(progress.tokens) / seconds))) tokens/s")
      words.append("\(duration(seconds * (1 - progress.share) / done)) left")
    }
    return words
  }
}

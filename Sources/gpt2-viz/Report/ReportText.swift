import LMCore
import Presentation

/// The text of a report in units of one colour.
///
/// Where a character is spread over several tokens, they form one unit, coloured by the highest rank.
struct ReportText {
  struct Unit {
    /// The shown text: printable characters, spaces as they are, `⏎` for a line feed.
    let text: String
    let endsLine: Bool
    /// nil for the prompt.
    let rankStep: Int?
    let isForced: Bool
    let isChosen: Bool
    /// The tooltip.
    let hint: String
  }

  let units: [Unit]
  /// How many tokens fall into each step of ranks; behind these how many a server did not tell, where there are any.
  let counts: [Int]

  /// The bytes of the longest UTF-8 character, and so the most tokens that it can be spread over.
  private static let longestCharacter = 4

  init(units: [Unit], counts: [Int]) { (self.units, self.counts) = (units, counts) }

  init(_ content: ReportContent) {
    let trace = content.trace
    let tokens = trace.start.tokens + trace.steps.map(\.token)
    let promptCount = trace.start.tokens.count
    var units: [Unit] = []
    var index = 0
    while index < tokens.count {
      let end = index < promptCount ? promptCount : tokens.count
      let range = Self.run(in: tokens, from: index, until: end)
      let bytes = tokens[range].flatMap(\.shownBytes)
      let isText = trace.start.hasVocabulary && String(validating: bytes, as: UTF8.self) != nil
      let label =
        isText ? String(decoding: bytes, as: UTF8.self) : tokens[range].map(content.label).joined()
      let steps = range.compactMap { $0 < promptCount ? nil : trace.steps[$0 - promptCount] }
      units += Self.lines(of: label).map { line, endsLine in
        Unit(
          text: PrintableToken.line(line, glyphs: .blocks) + (endsLine ? "⏎" : ""), endsLine: endsLine,
          rankStep: steps.map { Self.band(of: $0) }.max(),
          isForced: steps.contains { $0.isForced && $0.contrast == nil },
          isChosen: steps.contains { $0.index == content.step - 1 },
          hint: steps.map { Self.hint($0, content) }.joined(separator: "\n"))
      }
      index = range.upperBound
    }
    self.units = units
    let bands = trace.steps.map { Self.band(of: $0) }
    let untold = RankBands.labels.count
    counts = (0...untold).map { step in bands.count { $0 == step } }
      .dropLast(bands.contains(untold) ? 0 : 1)
  }

  /// Behind the last step of ranks for a token that a server did not tell.
  private static func band(of step: TraceStep) -> Int {
    RankBands.band(of: step.step) ?? RankBands.labels.count
  }

  /// The names of the steps that are counted.
  func labels(_ bands: [String]) -> [String] {
    counts.count > bands.count ? bands + [RankBands.untoldLabel] : bands
  }

  /// The shortest run of tokens whose bytes are whole characters; one token where none are.
  private static func run(in tokens: [TraceToken], from start: Int, until end: Int) -> Range<Int> {
    var bytes: [UInt8] = []
    for index in start..<min(start + longestCharacter, end) {
      bytes += tokens[index].bytes
      if String(validating: bytes, as: UTF8.self) != nil { return start..<index + 1 }
    }
    return start..<start + 1
  }

  static func lines(of text: String) -> [(String, endsLine: Bool)] {
    var lines: [(String, endsLine: Bool)] = []
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        lines.append((String(line), true))
        line.removeAll()
      } else {
        line.append(scalar)
      }
    }
    if !line.isEmpty || lines.isEmpty { lines.append((String(line), false)) }
    return lines
  }

  private static func hint(_ step: TraceStep, _ content: ReportContent) -> String {
    let (most, least) = step.isUntold ? ("at most ", "at least ") : ("", "")
    let chosen = step.contrast == nil ? step.isForced ? ", forced" : "" : ", taken by contrastive search"
    let after = step.after > 0 ? most + NumberFormat.percent(step.after) : "removed"
    return
      "step \(step.index + 1) \(content.label(step.token)): rank \(least)\(NumberFormat.grouped(step.rank)), "
      + "\(most)\(NumberFormat.percent(step.before))\(step.contrast == nil ? " → \(after)" : ""), entropy "
      + "\(RangeText.fixed(step.step.entropyBounds, decimals: 2)) bits"
      + chosen
  }
}

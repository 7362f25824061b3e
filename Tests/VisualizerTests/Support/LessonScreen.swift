import Foundation

@testable import Visualizer

/// What a reader sees, as numbers: parsed from the text of a screen, never from the state behind it.
struct LessonScreen {
  /// One row of the table of next tokens.
  struct Row {
    var rank: Int
    var label: String
    var before: Double
    /// nil where the token was removed.
    var after: Double?
    /// What stands behind the cross: "top-p", "" for no name.
    var removedBy: String?
    /// "drawn", "taken" or "author".
    var mark: String?
    var isLowered: Bool
  }

  struct Cut {
    var text: String
    var kept: Int
    var mass: Double
  }

  struct Tail {
    var count: Int
    var before: Double
    var after: Double?
  }

  struct Loop {
    var copies: Int
    var first: Double
    var last: Double
  }

  let lines: [String]

  init(_ lines: [String]) { self.lines = lines }

  /// A state as a window of this size shows it.
  init(_ state: AppState, size: Size) {
    var state = state
    (state.size, state.appearance) = (size, Samples.blocks)
    self.init(RootView.present(&state).buffer.text.components(separatedBy: "\n"))
  }

  /// The left and the right half of a comparison; the screen itself where there is one text.
  var lanes: [LessonScreen] {
    guard let frame = lines.first(where: { $0.hasPrefix("┌─ A ") }),
      let middle = Array(frame).firstIndex(of: "┬")
    else { return [self] }
    let cells = lines.map { Array($0) }
    return [
      LessonScreen(cells.map { String($0.prefix(middle + 1)) }),
      LessonScreen(cells.map { String($0.dropFirst(middle)) }),
    ]
  }

  var title: String { lines.first ?? "" }

  /// The lines that contain a text.
  func lines(with text: String) -> [String] { lines.filter { $0.contains(text) } }

  /// The lines of the text panel, joined.
  var text: String {
    let start = lines.firstIndex { $0.hasPrefix("┌─ ") || $0.hasPrefix("┬─ ") } ?? 0
    return lines[(start + 1)...].prefix { $0.hasPrefix("│") }.map {
      $0.dropFirst().prefix { $0 != "│" }.trimmingCharacters(in: .whitespaces)
    }.joined(separator: " ")
  }

  // MARK: The table

  var rows: [Row] {
    let row =
      /^[│┼├][ ▸]*(?<rank>[\d,]+) (?<label>\S+) .*? (?<before>[<>]?[\d.]+%)( Σ +[<>]?[\d.]+%)? │ (?<after>.*)$/
    return lines.compactMap { line in
      guard let match = line.wholeMatch(of: row), let rank = Self.integer(match.rank) else { return nil }
      let after = String(match.after)
      let removed = after.firstMatch(of: /✕ ?([a-z][a-z0-9 -]*[a-z0-9])?/)
      return Row(
        rank: rank, label: String(match.label), before: Self.share(match.before),
        after: after.contains("✕")
          ? nil : after.firstMatch(of: /[<>]?[\d.]+%/).map { Self.share($0.output) },
        removedBy: removed.map { String($0.output.1 ?? "") },
        mark: ["drawn", "taken", "author"].first { after.contains("◀ " + $0) },
        isLowered: after.contains("↓") || after.contains("lowered"))
    }
  }

  func row(_ rank: Int) throws -> Row { try found(rows.first { $0.rank == rank }, "row \(rank)") }

  /// The row of a token, as it is written in the table.
  func row(of label: String) throws -> Row {
    try found(rows.first { $0.label == label }, "a row of \(label)")
  }

  /// The dotted line; nil without one.
  var cut: Cut? {
    guard let line = lines.first(where: { $0.contains("┄ ") && $0.contains("kept ") }),
      let kept = line.firstMatch(of: /kept ([\d,]+)/).flatMap({ Self.integer($0.output.1) }),
      let mass = line.firstMatch(of: /(?:mass |· )(\d\.\d+)/).flatMap({ Double($0.output.1) })
    else { return nil }
    return Cut(text: line, kept: kept, mass: mass)
  }

  /// The number of kept tokens, from the dotted line or the title of the right half.
  var kept: Int {
    get throws {
      if let cut { return cut.kept }
      let title = lines(with: "renormalised over ").first
      return try found(
        title?.firstMatch(of: /over ([\d,]+) kept/).flatMap { Self.integer($0.output.1) }, "a number kept")
    }
  }

  /// The rows for tokens that are not listed.
  var tails: [Tail] {
    lines.compactMap { line in
      guard let count = line.firstMatch(of: /… ([\d,]+)/).flatMap({ Self.integer($0.output.1) }) else {
        return nil
      }
      let shares = line.matches(of: /(Σ +)?([<>]?[\d.]+%)/).filter { $0.output.1 == nil }.map {
        Self.share($0.output.2)
      }
      guard let before = shares.first else { return nil }
      return Tail(count: count, before: before, after: shares.count > 1 ? shares[1] : nil)
    }
  }

  // MARK: The draw

  var entropy: (before: Double, after: Double) {
    get throws {
      let match = lines.lazy.compactMap { $0.firstMatch(of: /entropy ([\d.]+) → ([\d.]+) bits/) }.first
      let numbers = try found(match, "the entropies").output
      return (Double(numbers.1) ?? .nan, Double(numbers.2) ?? .nan)
    }
  }

  /// The random number; nil where none is drawn.
  var u: Double? {
    lines.lazy.compactMap { $0.firstMatch(of: /u = (\d\.\d+)/) }.first.flatMap { Double($0.output.1) }
  }

  /// The token that → appends, with its probability after the chain.
  var next: (label: String, share: Double) {
    get throws {
      let match = lines.lazy.compactMap { $0.firstMatch(of: /─ .*?→ (\S+) ([<>]?[\d.]+%) ─/) }.first
      let parts = try found(match, "the next token").output
      return (String(parts.1), Self.share(parts.2))
    }
  }

  /// The author's token, with its rank and its probability.
  var author: (label: String, rank: Int, share: Double) {
    get throws {
      let match = lines.lazy.compactMap {
        $0.firstMatch(of: /The author: (\S+), rank ([\d,]+), ([<>]?[\d.]+%)/)
      }.first
      let parts = try found(match, "author's token").output
      return (String(parts.1), Self.integer(parts.2) ?? 0, Self.share(parts.3))
    }
  }

  // MARK: The history

  /// nil without a loop.
  var loop: Loop? {
    guard let line = lines.lazy.compactMap({ $0.firstMatch(of: /loop .*?×(\d+)(.*)$/) }).first else {
      return nil
    }
    let rest = line.output.2.prefix(
      upTo: line.output.2.firstRange(of: "rep")?.lowerBound ?? line.output.2.endIndex)
    let brief = rest.firstMatch(of: /(\d+)→(\d+)%/)
    let figures =
      brief.map { [Double($0.output.1)! / 100, Double($0.output.2)! / 100] }
      ?? rest.matches(of: /[<>]?[\d.]+%/).map { Self.share($0.output) }
    guard let copies = Int(line.output.1), let first = figures.first, let last = figures.last else {
      return nil
    }
    return Loop(copies: copies, first: first, last: last)
  }

  var foundLoop: Loop { get throws { try found(loop, "loop") } }

  /// The share of 4-grams that occurred before.
  var repeatedFourGrams: Double {
    get throws {
      let match = lines.lazy.compactMap { $0.firstMatch(of: /(?:rep-4|repeated 4-grams) ([<>]?[\d.]+%)/) }
        .first
      return Self.share(try found(match, "share of repeated 4-grams").output.1)
    }
  }

  var perplexity: Double {
    get throws {
      let match = lines.lazy.compactMap { $0.firstMatch(of: /perplexity +([\d.]+)/) }.first
      return try found(match.flatMap { Double($0.output.1) }, "the perplexity")
    }
  }

  /// The model's own probability of the newest token.
  var chosen: Double {
    get throws {
      let match = lines.lazy.compactMap { $0.firstMatch(of: /p\(chosen\) +([<>]?[\d.]+%)/) }.first
      return Self.share(try found(match, "p(chosen)").output.1)
    }
  }

  // MARK: Parts

  struct NotShown: Error, CustomStringConvertible {
    let description: String
  }

  private func found<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else {
      throw NotShown(description: "the screen shows no \(what):\n\(lines.joined(separator: "\n"))")
    }
    return value
  }

  private static func integer(_ text: Substring) -> Int? { Int(text.filter { $0 != "," }) }

  /// "41.2%" as 0.412; "<0.01%" as 0.0001.
  private static func share(_ text: Substring) -> Double {
    (Double(text.filter { $0.isNumber || $0 == "." }) ?? .nan) / 100
  }
}

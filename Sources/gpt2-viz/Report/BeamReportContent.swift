import Glibc
import LMCore
import Presentation

/// The content of a report about a beam search, independent of its file format.
struct BeamReportContent: RepeatingText {
  let trace: BeamTrace
  /// The search behind its last step.
  let search: BeamSearch
  /// The step whose continuations are drawn, from 1.
  let step: Int
  /// The best finished text, or else the best live one.
  let best: Hypothesis
  let repetition: LoopSummary

  /// - Parameter step: from 1 to the number of steps; nil chooses the first of those in which most beams die.
  init(_ trace: BeamTrace, step: Int?) throws(ReportError) {
    self.trace = trace
    search = trace.search(atDepth: trace.steps.count)
    let last = trace.steps.count
    guard last > 0, let best = search.finished.first?.hypothesis ?? search.live.first else {
      throw .nothingRecorded
    }
    if let step, !(1...last).contains(step) { throw .noSuchStep(step, last: last) }
    let deaths = trace.steps.map { step in
      step.parents.indices.count { beam in
        step.survivors(of: beam) == 0
          && !step.candidates.contains { $0.parent == beam && $0.fate.name == .finished }
      }
    }
    self.step = step ?? (deaths.indices.max { (deaths[$0], $1) < (deaths[$1], $0) }.map { $0 + 1 } ?? last)
    self.best = best
    repetition = LoopSummary(trace.promptIDs + best.ids, promptCount: trace.promptIDs.count)
  }

  var settings: BeamSettings { trace.settings }
  var hasGroups: Bool { settings.choice == .diverse }
  var shownStep: BeamStep { trace.steps[step - 1] }

  /// The beams that come to their end in a step, with the reason of each.
  static func deaths(in step: BeamStep, _ settings: BeamSettings) -> [(beam: Int, reason: String)] {
    step.parents.indices.compactMap { beam in
      BeamDescription.death(of: beam, in: step, width: settings.groupWidth).map { (beam, $0) }
    }
  }

  // MARK: Texts

  func label(_ ids: some Sequence<Int>) -> String {
    guard trace.start.hasVocabulary else { return ids.map { "[\($0)]" }.joined() }
    return PrintableToken.label(for: ids.flatMap { trace.token($0).shownBytes }, glyphs: .blocks)
  }

  /// The end of a text, where texts differ.
  private func tail(of ids: [Int], columns: Int) -> String {
    let text = label(ids.suffix(columns))
    var (kept, width) = ("", CellWidth.width(of: text))
    guard width > columns || ids.count > columns else { return text }
    width = 1
    for character in text.reversed() {
      width += CellWidth.width(of: String(character))
      if width > columns { break }
      kept = "\(character)\(kept)"
    }
    return "…" + kept
  }

  var headline: String {
    let words = trace.start.tokens.flatMap {
      trace.start.hasVocabulary ? $0.shownBytes : Array("[\($0.id)]".utf8)
    }
    let line = PrintableToken.line(String(decoding: words, as: UTF8.self), glyphs: .blocks)
    return TextFit.fit(line.isEmpty ? "gpt2-viz" : line, columns: 60, glyphs: .blocks)
  }

  /// Names and values: the settings that reproduce the search, and why it ended.
  var facts: [(name: String, value: String)] {
    var facts = [
      ("model", PrintableToken.line(trace.start.model.name, glyphs: .blocks)),
      ("search", BeamDescription.text(settings, glyphs: .blocks)),
    ]
    if settings.draws { facts.append(("seed", String(settings.seed))) }
    facts.append(("steps", "\(trace.steps.count) of at most \(NumberFormat.grouped(trace.limit))"))
    if let last = trace.steps.last {
      facts.append(
        ("end", search.stop == nil ? "the recording ends first" : BeamDescription.rule(last, settings)))
    }
    return facts
  }

  var stepTitle: String {
    let count = shownStep.candidates.count { $0.rank <= search.candidateCount }
    return "Step \(step): \(BeamDescription.candidates(count, settings)), and what becomes of them"
  }

  // MARK: The best text

  var bestTitle: String {
    "\(search.finished.isEmpty ? "The best live beam" : "The best text"), coloured by the probability of each token"
  }

  /// The bands of probability, from likely to unlikely.
  static let bands = ["p from 50%", "10 – 50%", "1 – 10%", "0.1 – 1%", "below"]
  private static func band(_ probability: Double) -> Int {
    [0.5, 0.1, 0.01, 0.001].firstIndex { probability >= $0 } ?? 4
  }

  /// Whole characters are one unit, coloured by its least probable token.
  var text: ReportText {
    var units: [ReportText.Unit] = []
    units += unit(trace.promptIDs, steps: nil)
    var index = 0
    while index < best.ids.count {
      let end = wholeCharacters(from: index)
      units += unit(Array(best.ids[index..<end]), steps: index..<end)
      index = end
    }
    let bands = best.logProbabilities.map { Self.band(exp($0)) }
    return ReportText(units: units, counts: (0..<5).map { band in bands.count { $0 == band } })
  }

  private func wholeCharacters(from start: Int) -> Int {
    var bytes: [UInt8] = []
    for index in start..<min(start + 4, best.ids.count) {
      bytes += trace.token(best.ids[index]).bytes
      if String(validating: bytes, as: UTF8.self) != nil { return index + 1 }
    }
    return start + 1
  }

  private func unit(_ ids: [Int], steps: Range<Int>?) -> [ReportText.Unit] {
    let bytes = ids.flatMap { trace.token($0).shownBytes }
    let isText = trace.start.hasVocabulary && String(validating: bytes, as: UTF8.self) != nil
    let shown = isText ? String(decoding: bytes, as: UTF8.self) : label(ids)
    let hints = (steps ?? 0..<0).map { step in
      "step \(step + 1) \(label([best.ids[step]])): \(NumberFormat.percent(exp(best.logProbabilities[step])))"
    }
    return ReportText.lines(of: shown).map { line, endsLine in
      ReportText.Unit(
        text: PrintableToken.line(line, glyphs: .blocks) + (endsLine ? "⏎" : ""), endsLine: endsLine,
        rankStep: steps?.map { Self.band(exp(best.logProbabilities[$0])) }.max(), isForced: false,
        isChosen: false, hint: hints.joined(separator: "\n"))
    }
  }

  var loopPhrase: String {
    guard let loop else { return "" }
    return label(loop.range(ofCopy: 0).map { repetition.ids[$0] })
  }

  var loopMeans: [Double?] { repetition.copyMeans { exp(best.logProbabilities[$0]) } }

  // MARK: Tables

  /// The texts of the last step: the finished ones, and behind them the live beams.
  var texts: (head: [String], rows: [[String]]) {
    let groups = hasGroups ? ["group"] : []
    let head =
      [""] + groups + [
        "score"
      ] + (settings.hasSearchSums ? [BeamDescription.sumName(settings)] : []) + [
        BeamDescription.ownSum, "mean ln p", "tokens", "end", "repeated 4-grams", "loop",
        "the end of the text",
      ]
    func row(_ name: String, _ text: Hypothesis, score: Double, end: String) -> [String] {
      let own = text.ownSum / Double(max(text.ids.count, 1))
      let sums = (settings.hasSearchSums ? [text.sum] : []) + [text.ownSum]
      let summary = LoopSummary(trace.promptIDs + text.ids, promptCount: trace.promptIDs.count)
      let loop = summary.loop.map { "\($0.copies) × \(counted($0.period, "token"))" } ?? "none"
      return [name] + (hasGroups ? [String(text.group + 1)] : []) + [
        BeamDescription.number(score)
      ] + sums.map(BeamDescription.number) + [
        BeamDescription.number(own), String(text.ids.count), end, summary.repeatedFourGrams, loop,
        tail(of: text.ids, columns: 40),
      ]
    }
    let finished = search.finished.enumerated().map { place, text in
      row(
        "finished \(place + 1)", text.hypothesis, score: text.score,
        end: text.isEnded ? "ended" : "at the length")
    }
    let live = search.live.enumerated().map { place, text in
      row(
        "beam \(place + 1)", text, score: settings.score(sum: text.sum, count: max(text.ids.count, 1)),
        end: search.stop == nil ? "lives" : "lived at the end")
    }
    return (head, finished + live)
  }

  /// A row for each step: what goes on, what dies and why, what is finished, and what the stop rule compares.
  var course: (head: [String], rows: [[String]]) {
    let rows = trace.steps.enumerated().map { index, step in
      let live = step.candidates.compactMap { candidate -> String? in
        guard case .lives(let place) = candidate.fate else { return nil }
        return "\(place + 1) ← \(candidate.parent + 1) \(label([candidate.id]))"
      }
      let deaths = Self.deaths(in: step, settings).map { "beam \($0.beam + 1) \($0.reason)" }
      let finished = step.candidates.compactMap { candidate -> String? in
        guard case .finished(let score) = candidate.fate else { return nil }
        return "beam \(candidate.parent + 1) \(label([candidate.id])), score \(BeamDescription.number(score))"
      }
      return [
        String(index + 1), live.joined(separator: " · "), deaths.joined(separator: "; "),
        finished.joined(separator: "; "), BeamDescription.rule(step, settings),
      ]
    }
    return (
      ["step", "beam ← the one it continues, token", "dies, and why", "finished", "the rule to stop"], rows
    )
  }
}

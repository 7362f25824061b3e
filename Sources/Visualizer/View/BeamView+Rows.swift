import Glibc
import LMCore
import Presentation

/// The rows of the live beams and of their continuations.
extension BeamView {
  private static let cellColumns = 10

  /// The columns of a beam's numbers: its place, its group, the sum that the search ranks by, its score, and what a drawn text has
  /// as its number.
  private var figureWidths: [Int] {
    [2] + (hasGroups ? [3] : []) + [8, 7] + (settings.choice == .stochastic ? [7] : [])
  }
  /// A blank stands behind each.
  private var figureColumns: Int { figureWidths.reduce(0) { $0 + $1 + 1 } }

  /// The beams are named where not all are shown: `Beams: 4 of 16: sum of ln p, score`.
  func beamFrame(lines: Int) -> Frame {
    let count = search.live.count
    let part = lines < count && search.depth > 0 ? ": \(lines) of \(count)" : ""
    return Frame(
      title: "Beams\(part): \(BeamDescription.beamFigures(settings))", rightTitle: "the last steps")
  }

  /// The live beams with the tree of the last steps, and between them what ended or died there.
  func drawBeams(into buffer: inout ScreenBuffer, in area: Rect) {
    guard search.depth > 0 else {
      return buffer.put(
        [
          Span(
            "1  0.000  the text alone: the first step continues one beam\(hasGroups ? " of each group" : "")",
            .dim)
        ], in: area.row(0),
        with: appearance)
    }
    let tree = BeamTree(
      search, beams.steps, columns: max((area.width - figureColumns - 2) / Self.cellColumns, 1),
      limit: area.height)
    let chosen = tree.rows.firstIndex { $0.leaf == .live(window.chosen) } ?? 0
    let first = min(max(chosen - area.height * 2 / 3, 0), max(tree.rows.count - area.height, 0))
    for (row, line) in tree.rows.dropFirst(first).prefix(area.height).enumerated() {
      let place = area.row(row)
      buffer.put([figures(of: line.leaf)] + cells(of: line), in: place, with: appearance)
      if case .live(let beam) = line.leaf { mark(beam, place, &buffer) }
    }
  }

  /// `2  -12.345  -1.234 `, with groups `2  g1  -12.345  -1.234 `
  private func figures(of leaf: BeamTree.Leaf) -> Span {
    switch leaf {
    case .live(let place):
      let beam = search.live[place]
      let score = settings.score(sum: beam.sum, count: max(search.depth, 1))
      let perturbed = settings.choice == .stochastic ? [beam.number] : []
      let texts =
        [String(place + 1)] + (hasGroups ? ["g\(beam.group + 1)"] : [])
        + ([beam.sum, score] + perturbed).map(BeamDescription.number)
      return Span(
        zip(texts, figureWidths).map { TextFit.padLeft($0, columns: $1, glyphs: glyphs) + " " }.joined())
    case .finished:
      return Span(TextFit.pad("     finished", columns: figureColumns, glyphs: glyphs), .good)
    case .dead: return Span(TextFit.pad("     died", columns: figureColumns, glyphs: glyphs), .removed)
    }
  }

  private func cells(of row: BeamTree.Row) -> [Span] {
    let role: ThemeRole =
      switch row.leaf {
      case .live: .text
      case .finished: .good
      case .dead: .removed
      }
    if case .live(let place) = row.leaf, row.cells.allSatisfy({ $0.id == nil }),
      let twin = BeamTree.twin(of: place, in: search)
    {
      return [Span(" the same text as beam \(twin + 1)", .dim)]
    }
    var spans: [Span] = []
    for (index, cell) in row.cells.enumerated() {
      let columns = Self.cellColumns - 1
      let text = cell.id.map { TextFit.fit(label([$0]), columns: columns, glyphs: glyphs) } ?? ""
      // A line leads to the next token of this row.
      let goesOn = cell.id != nil && index + 1 < row.cells.count && row.cells[index + 1].id != nil
      let lead = goesOn ? drawn("─") : " "
      let fill = String(repeating: lead, count: max(columns - CellWidth.width(of: text), 0))
      spans += [Span(drawn(cell.line), .frame), Span(text, role), Span(fill, .frame)]
    }
    let end = row.leaf == .dead ? " \(glyphs.removed)" : row.leaf == .finished ? " \(glyphs.check)" : ""
    let last = row.cells.lastIndex { $0.id != nil } ?? -1
    guard !end.isEmpty, last >= 0 else { return spans }
    return Array(spans.prefix(3 * last + 2)) + [Span(end, role)]
  }

  private func drawn(_ line: Character) -> String {
    guard glyphs != .blocks else { return String(line) }
    return ["┬": "+", "├": "|", "└": "`", "─": "-", "│": "|"][line] ?? " "
  }

  // MARK: Continuations

  func candidatesTitle(lines: Int) -> String {
    guard let step = beams.shownStep else { return "Continuations" }
    let number = beams.next == nil ? search.depth : search.depth + 1
    let count = step.candidates.count { $0.rank <= search.candidateCount }
    return "Step \(number): \(BeamDescription.candidates(count, settings))"
      + shown(from: firstCandidate(in: step), lines, of: step.candidates.count)
  }

  private func firstCandidate(in step: BeamStep) -> Int {
    min(window.firstCandidate, max(step.candidates.count - 1, 0))
  }

  /// The columns of the continuations: the bar takes what the words behind it leave.
  private struct CandidateColumns {
    let token: Int
    let bar: Int
    let fate: Int

    init(_ width: Int, before: Int, numbers: Int, fates: Int) {
      token = width < 100 ? (numbers > 2 ? 10 : 12) : 14
      let room = width - before - token - 1 - 7 - 9 * numbers - 2
      let bar = min(room - fates, 30)
      self.bar = bar >= 4 ? bar : 0
      fate = room - self.bar
    }
  }

  func drawCandidates(into buffer: inout ScreenBuffer, in area: Rect) {
    guard let step = beams.shownStep else { return }
    let largest = step.candidates.map { exp($0.token.ownLogProbability) }.max() ?? 1
    let fates = step.candidates.map { candidate in
      let whole = BeamDescription.fate(of: candidate, width: settings.groupWidth, columns: 26, glyphs: glyphs)
      return CellWidth.width(of: whole + death(of: candidate, in: step))
    }
    let columns = CandidateColumns(
      area.width, before: hasGroups ? 16 : 12, numbers: numberCount,
      fates: max(fates.max() ?? 0, 16))
    let first = firstCandidate(in: step)
    for (row, candidate) in step.candidates.dropFirst(first).prefix(area.height).enumerated() {
      let p = exp(candidate.token.ownLogProbability)
      let role = role(of: candidate)
      let token = TextFit.fit(label([candidate.id]), columns: columns.token, glyphs: glyphs)
      let fate = BeamDescription.fate(
        of: candidate, width: settings.groupWidth, columns: columns.fate, glyphs: glyphs)
      let figures = numbers(of: candidate).map {
        TextFit.padLeft(BeamDescription.number($0), columns: 9, glyphs: glyphs)
      }
      buffer.put(
        [
          Span(TextFit.padLeft(String(candidate.rank), columns: 3, glyphs: glyphs) + " ", .dim),
          Span(parent(of: candidate, in: step), .dim),
          Span(TextFit.pad(token, columns: columns.token + 1, glyphs: glyphs), role),
          Span(TextFit.padLeft(NumberFormat.percent(p), columns: 6, glyphs: glyphs) + " ", role),
          Span(
            TextFit.pad(
              Bar.text(p / largest, width: columns.bar, glyphs: glyphs), columns: columns.bar, glyphs: glyphs),
            candidate.fate == .cut ? .removed : .barBefore),
          Span(figures.joined() + "  ", role),
          Span(fate + death(of: candidate, in: step), role),
        ], in: area.row(row), with: appearance)
    }
  }

  private var numberCount: Int {
    1 + (settings.hasSearchSums ? 1 : 0) + (settings.choice == .stochastic ? 1 : 0)
  }

  /// What stands behind p, in the order of `BeamDescription.candidateFigures`.
  private func numbers(of candidate: BeamCandidate) -> [Double] {
    (settings.hasSearchSums ? [candidate.token.logProbability] : []) + [candidate.sum]
      + (settings.choice == .stochastic ? [candidate.number] : [])
  }

  private func role(of candidate: BeamCandidate) -> ThemeRole {
    switch candidate.fate {
    case .lives: .strong
    case .finished: .good
    case .finishedBelowOthers, .endedTooLow, .cut, .groupEnded: .removed
    }
  }

  /// `beam 2 `, with groups `g1  beam 2 `
  private func parent(of candidate: BeamCandidate, in step: BeamStep) -> String {
    let group =
      hasGroups
      ? "g\(TextFit.pad(String(step.parents[candidate.parent].group + 1), columns: 2, glyphs: glyphs)) " : ""
    return "\(group)beam \(TextFit.pad(String(candidate.parent + 1), columns: 2, glyphs: glyphs)) "
  }

  /// Said once, at the best continuation of a beam that dies.
  private func death(of candidate: BeamCandidate, in step: BeamStep) -> String {
    guard candidate.fate == .cut else { return "" }
    let best = step.candidates.first { $0.parent == candidate.parent }
    guard best == candidate, step.survivors(of: candidate.parent) == 0 else { return "" }
    return ": beam \(candidate.parent + 1) dies"
  }
}

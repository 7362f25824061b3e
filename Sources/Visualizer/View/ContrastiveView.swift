import LMCore
import Presentation

/// Contrastive search over the whole window: its text beside that of greedy decoding, and what the next step compares.
struct ContrastiveView {
  let state: AppState
  let search: ContrastiveSnapshot
  let window: ContrastiveWindow
  let appearance: Appearance

  private var glyphs: GlyphSet { appearance.glyphs }

  func draw(into buffer: inout ScreenBuffer, in area: Rect) {
    // A row for each candidate, one for what the columns are, and one for why the step takes what it takes.
    let wanted = (search.next?.candidates.count ?? search.settings.candidateCount) + 2
    let middle = search.hasGreedy ? area.width / 2 : area.width - 1
    // The texts with their meters, three frames' lines, and what is left for the table.
    let columns = middle - 3
    let text = max(
      panel(search.steps, isOwn: true).lineCount(columns: columns, with: appearance),
      search.hasGreedy
        ? panel(search.greedySteps, isOwn: false).lineCount(columns: columns, with: appearance) : 0)
    let most = max((area.height - 3) * 11 / 20, area.height - 3 - max(text, 2) - 2, 4)
    let lines = min(wanted, most)
    var texts = area
    let table = texts.takeBottom(lines + 2)
    // They share lines.
    let height = texts.height + 1
    let own = Rect(x: area.x, y: area.y, width: middle + 1, height: height)
    let greedy = Rect(x: area.x + middle, y: area.y, width: area.width - middle, height: height)
    var frames = [(Frame(title: "Contrastive search", rightTitle: "underlined: not rank 1"), own)]
    if search.hasGreedy {
      frames.append((Frame(title: "Greedy decoding", rightTitle: "behind the same text"), greedy))
    }
    frames.append((Frame(title: tableTitle(rows: lines - 2), rightTitle: formula), table))
    Frame.draw(frames, into: &buffer, with: appearance)
    drawText(search.steps, isOwn: true, &buffer, Frame.inner(own).inset(horizontally: 1))
    if search.hasGreedy {
      drawText(search.greedySteps, isOwn: false, &buffer, Frame.inner(greedy).inset(horizontally: 1))
    }
    drawTable(&buffer, Frame.inner(table).inset(horizontally: 1))
  }

  /// `Step 3: 16 candidates`, and which of them are shown where there is no room for all.
  private func tableTitle(rows: Int) -> String {
    guard let count = search.next?.candidates.count else { return "Candidates" }
    let first = firstRow(of: rows)
    let shown = rows < count ? ": \(first + 1)-\(min(first + max(rows, 1), count)) shown" : ""
    return "Step \(search.depth + 1): \(counted(count, "candidate"))\(shown)"
  }

  /// The first candidate on so many rows, from 0.
  private func firstRow(of rows: Int) -> Int {
    let count = search.next?.candidates.count ?? 0
    return min(max((place ?? 0) - rows + 1, 0), max(count - rows, 0))
  }

  /// The weights of the step, which may have been decided before they were turned.
  private var formula: String {
    let alpha = search.next?.alpha ?? search.settings.alpha
    let isEarlier = alpha != search.settings.alpha
    return (isEarlier ? "earlier: " : "") + ContrastiveDescription.formula(alpha: alpha)
  }

  // MARK: The texts

  /// The text, and below it how much it repeats.
  private func drawText(
    _ steps: [GenerationStep], isOwn: Bool, _ buffer: inout ScreenBuffer, _ area: Rect
  ) {
    var rest = area
    let (share, meter) = (rest.takeBottom(1), rest.takeBottom(1))
    let summary = search.summary(steps)
    panel(steps, isOwn: isOwn).draw(into: &buffer, in: rest, with: appearance)
    let reading = summary.loop.map { loop in
      LoopReading(
        phrase: label(loop.range(ofCopy: 0).map { summary.ids[$0] }), period: loop.period,
        copies: loop.copies, copyMeans: summary.copyMeans { steps[$0].before })
    }
    LoopMeter(loop: reading).draw(into: &buffer, in: meter, with: appearance)
    let turned = search.places.count { $0 > 0 }
    let words = "repeated 4-grams \(summary.repeatedFourGrams)"
    let rooms = ["  not rank 1: \(turned) of \(counted(search.depth, "token"))", "  not rank 1: \(turned)"]
    let more = isOwn ? Self.first(rooms, columns: share.width - words.utf8.count) : ""
    buffer.put([Span(words, .strong), Span(more, .dim)], in: share, with: appearance)
  }

  private func panel(_ steps: [GenerationStep], isOwn: Bool) -> TextPanel {
    var tokens = search.summary(steps).marked(tokens(steps))
    if isOwn {
      for (index, place) in search.places.enumerated() where place > 0 {
        tokens[search.promptIDs.count + index].marks.insert(.forced)
      }
      if let nearest = shown?.nearest, tokens.indices.contains(nearest) {
        tokens[nearest].marks = [.match]
      }
    }
    let scroll: TextPanel.Scroll =
      if isOwn, window.row != nil, let nearest = shown?.nearest { .token(nearest) } else { .end }
    return TextPanel(tokens: tokens, scroll: scroll, showsCursor: search.next != nil)
  }

  private func tokens(_ steps: [GenerationStep]) -> [TextPanelToken] {
    let ids = search.promptIDs + steps.map(\.id)
    let pieces = state.card?.pieces(of: ids) ?? ids.map { _ in [] }
    var tokens = pieces.enumerated().map { index, bytes in
      TextPanelToken(
        bytes: bytes, origin: index < search.promptIDs.count ? .prompt : .generated,
        marks: state.card?.isSpecial(ids[index]) == true ? .special : [])
    }
    let parted = zip(search.steps, search.greedySteps).prefix { $0.id == $1.id }.count
    if search.hasGreedy, parted < steps.count {
      tokens[search.promptIDs.count + parted].marks.insert(.divergence)
    }
    if !steps.isEmpty { tokens[tokens.count - 1].marks.insert(.newest) }
    return tokens
  }

  // MARK: The candidates

  /// The row that is looked at: the user's, else that of the token that is taken.
  private var place: Int? {
    search.next.map { min(window.row ?? $0.place, $0.candidates.count - 1) }
  }

  private var shown: ContrastiveCandidate? {
    place.flatMap { search.next?.candidates[$0] }
  }

  private struct Columns {
    let token: Int
    let bar: Int
    let nearest: Int
    let mark: String

    init(_ width: Int, _ glyphs: GlyphSet) {
      mark = " \(glyphs.pointerLeft)" + (width >= 90 ? " taken" : "")
      token = width < 100 ? 12 : 18
      nearest = width < 100 ? 17 : 24
      // Rank, p, similarity, score, mark, and a blank behind each column.
      let others = 3 + token + 1 + 7 + 1 + 6 + 2 + nearest + 1 + 7 + CellWidth.width(of: mark)
      bar = min(max((width - others) / 2, 3), 36)
    }
  }

  private func drawTable(_ buffer: inout ScreenBuffer, _ area: Rect) {
    guard let step = search.next else {
      let words =
        search.isContextFull
        ? "the context of \(state.card?.contextLength ?? 0) positions is full: no token can be tried"
        : state.isReplay ? "\(LaneError.traceEnded)" : ""
      return buffer.put([Span(words, .warn)], in: area.row(0), with: appearance)
    }
    var rest = area
    let (header, why) = (rest.takeTop(1), rest.takeBottom(1))
    let columns = Columns(area.width, glyphs)
    let scale = BarScale(covering: step.candidates.map(\.probability).max() ?? 1)
    func cell(_ text: String, _ columns: Int) -> String {
      TextFit.pad(text, columns: columns, glyphs: glyphs) + " "
    }
    let figures = 7 + columns.bar
    let head =
      "   " + cell("token", columns.token)
      + cell(Self.first(["p, full bar \(scale.label)", "p"], columns: figures), figures)
      + cell(Self.first(["similarity, full bar 1", "similarity"], columns: figures), figures)
      + cell("most like, place", columns.nearest) + TextFit.padLeft("score", columns: 7, glyphs: glyphs)
    buffer.put([Span(head, .dim)], in: header, with: appearance)
    let first = firstRow(of: rest.height)
    for (index, row) in step.candidates.enumerated().dropFirst(first).prefix(rest.height) {
      let isTaken = index == step.place
      let role: ThemeRole = isTaken ? .chosenRow : .text
      func bar(_ share: Double) -> String {
        cell(Bar.text(share, width: columns.bar, glyphs: glyphs), columns.bar)
      }
      let line = rest.row(index - first)
      buffer.put(
        [
          Span(TextFit.padLeft(String(index + 1), columns: 2, glyphs: glyphs) + " ", .dim),
          Span(cell(label([row.id]), columns.token), role),
          Span(
            TextFit.padLeft(NumberFormat.percent(row.probability), columns: 6, glyphs: glyphs) + " ", role),
          Span(bar(scale.length(of: row.probability) ?? 1), .barBefore),
          Span(
            TextFit.padLeft(ContrastiveDescription.number(row.similarity), columns: 6, glyphs: glyphs) + " ",
            role),
          Span(bar(max(row.similarity, 0)), .barAfter),
          Span(cell(nearest(row, columns.nearest), columns.nearest), index == place ? .match : .dim),
          Span(
            TextFit.padLeft(ContrastiveDescription.number(row.score), columns: 7, glyphs: glyphs), role),
          Span(isTaken ? columns.mark : "", role),
        ], in: line, with: appearance)
      guard index == window.row else { continue }
      buffer.put(glyphs.pointerRight, at: Point(line.x - 1, line.y), style: appearance.theme[.key])
      buffer.restyle(line) { appearance.theme[.selection].merged(over: $0) }
    }
    let words = ContrastiveDescription.reason(step) { label([$0]) }
    buffer.put([Span(words, step.place > 0 ? .warn : .dim)], in: why, with: appearance)
  }

  /// `␣wolf 12`: the token of the text that a candidate is most like, and its place, from 1.
  private func nearest(_ row: ContrastiveCandidate, _ columns: Int) -> String {
    let text = search.textIDs
    guard text.indices.contains(row.nearest) else { return "" }
    let place = " \(NumberFormat.grouped(row.nearest + 1))"
    return TextFit.fit(label([text[row.nearest]]), columns: columns - place.utf8.count, glyphs: glyphs)
      + place
  }

  /// The first form that fits; nothing where none does.
  private static func first(_ forms: [String], columns: Int) -> String {
    forms.first { $0.utf8.count <= columns } ?? ""
  }

  private func label(_ ids: some Sequence<Int>) -> String {
    PrintableToken.label(for: ids.flatMap { state.card?.bytes(of: $0) ?? [] }, glyphs: glyphs)
  }
}

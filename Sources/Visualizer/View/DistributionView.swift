import LMCore
import Presentation

/// The table of next tokens of one lane.
struct DistributionView {
  let state: AppState
  let lane: Int
  let decision: Decision
  /// The decision's, or what the first steps of the chain leave.
  let distribution: Distribution
  let appearance: Appearance

  /// Draws the table. Returns the areas of its rows and of the cut line.
  func draw(into buffer: inout ScreenBuffer, in area: Rect) -> [Picture.Hit] {
    Frame(title: "Next token", isFocused: state.isComparing && lane == state.focus).draw(
      into: &buffer, in: area, with: appearance)
    let inner = Frame.inner(area)
    let placement = table(in: area).place(into: &buffer, in: inner, with: appearance)
    let rows = placement.rows.map { Picture.Hit(area: $0.area, target: .rank($0.rank, lane: lane)) }
    let cut = placement.cut.map { [Picture.Hit(area: $0, target: .cut(lane: lane))] } ?? []
    guard distribution.knownRanks == 0 else { return cut + rows }
    let text = TextFit.fit(
      "no row was recorded of this decision (--trace-rows 0)", columns: inner.width - 2,
      glyphs: appearance.glyphs)
    buffer.put(text, at: Point(inner.x + 1, inner.y), style: appearance.theme[.dim], in: inner)
    return cut
  }

  private func table(in area: Rect) -> DistributionTable {
    let capacity = state.tableRows(lane: lane, height: Frame.inner(area).height)
    let known = state.visibleRanks(lane: lane, count: capacity).compactMap(distribution.row(atRank:))
    // The running sum of `after` starts with the rows above the first one shown.
    var sum = distribution.cumulativeAfter(atRank: (known.first?.rank ?? 1) - 1) ?? 0
    let rows = known.map { row in
      sum += row.after ?? 0
      return tableRow(row, cumulativeAfter: min(sum, 1))
    }
    var table = DistributionTable(
      rows: rows, vocabularySize: distribution.vocabularySize, cutoff: cutoff,
      toldRanks: distribution.belief.toldRanks, scale: state.barScale,
      cutDisplay: cutDisplay, beforeTitle: "before: softmax(logits)",
      afterTitle: afterTitle,
      narrowestWidth: state.layout.lanes.map { Frame.inner($0.table).width }.min(),
      distribution: distribution, authorRank: authorRank)
    table.problem = distribution.chainProblem?.description
    table.hasBounds = state.lanes.contains { $0.shownDistribution?.leavesSharesOpen == true }
    return table
  }

  /// Where a server did not tell the author's token, the first of the ranks among which it is.
  private var authorRank: Int? {
    guard let id = decision.followed else { return nil }
    if let row = distribution.row(of: id) { return row.rank }
    let told = distribution.belief.toldRanks
    return told == distribution.knownRanks && told < distribution.vocabularySize ? told + 1 : nil
  }

  private var afterTitle: String {
    if distribution.chainProblem != nil { return "after: not known" }
    let kept = distribution.keptCount
    let left =
      kept == distribution.vocabularySize
      ? "nothing removed" : "renormalised over \(distribution.keptText) kept"
    return "after\(stage): \(left)"
  }

  /// The last step that the bars show, where they do not show the whole chain.
  private var stage: String {
    guard let partial = state.lanes[lane].partial else { return "" }
    return " \(state.lanes[lane].stages[partial.stepCount - 1].name.title)"
  }

  private var cutDisplay: DistributionTable.CutDisplay {
    switch state.table.removedRows {
    case .shown: .shown
    case .dimmed: .dimmed
    case .hidden: .hidden
    }
  }

  private func tableRow(_ known: DistributionRow, cumulativeAfter: Double) -> DistributionTableRow {
    var row = DistributionTableRow(
      rank: known.rank,
      label: PrintableToken.label(for: state.card?.bytes(of: known.id) ?? [], glyphs: appearance.glyphs),
      before: known.before, cumulative: known.belief.cumulative, after: known.after,
      cumulativeAfter: cumulativeAfter, mostAfter: known.mostAfter,
      removedBy: known.removedBy.map { $0 == .temperature ? "" : $0.title }, scoreChange: known.scoreChange)
    // Where a text is followed, → appends the author's token and not the drawn one.
    if known.id == decision.followed {
      row.marks.insert(.author)
    } else if decision.followed == nil, known.id == decision.drawn {
      row.marks.insert(decision.settings.isGreedy ? .taken : .drawn)
    }
    if lane == state.focus, known.rank == state.table.chosenRank { row.marks.insert(.selected) }
    return row
  }

  private var cutoff: DistributionCutoff? {
    guard distribution.chainProblem == nil, let filter = distribution.bindingFilter,
      let rank = distribution.cutLineRank,
      let cumulative = distribution.cumulativeAtCut
    else { return nil }
    return DistributionCutoff(
      filter: ChainDescription.name(of: filter, in: decision.settings) + massSeen, rank: rank,
      cumulative: cumulative, kept: distribution.keptCount,
      mass: distribution.keptMass, threshold: decision.settings.topPAlone)
  }

  /// The mass of the kept tokens as the filter saw it, where temperature or another filter had changed the distribution
  /// before it.
  private var massSeen: String {
    guard [.topP, .typicalP].contains(distribution.bindingFilter),
      abs(distribution.filteredMass - distribution.keptMass) >= 0.0005
    else { return "" }
    return " (reached \(NumberFormat.fixed(distribution.filteredMass, decimals: 3)))"
  }
}

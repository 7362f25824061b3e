import LMCore

/// The table of next tokens of one lane, made from its decision.
struct DistributionView {
  let state: AppState
  let lane: Int
  let decision: Decision
  let appearance: Appearance

  func draw(into buffer: inout ScreenBuffer, in area: Rect) {
    Frame(title: "Next token").draw(into: &buffer, in: area, with: appearance)
    table(
      capacity: DistributionTable.rowCapacity(
        height: Frame.inner(area).height, hasCutoff: cutoff != nil)
    ).draw(into: &buffer, in: Frame.inner(area), with: appearance)
  }

  private func table(capacity: Int) -> DistributionTable {
    DistributionTable(
      rows: state.visibleRanks(lane: lane, count: capacity + 1).map(row),
      vocabularySize: decision.distribution.logits.count, cutoff: cutoff, scaleMaximum: scaleMaximum,
      cutDisplay: cutDisplay, beforeTitle: "before: softmax(logits)", afterTitle: afterTitle)
  }

  private var afterTitle: String {
    let kept = decision.distribution.keptCount
    return kept == decision.distribution.logits.count
      ? "after: nothing removed" : "after: renormalised over \(NumberFormat.grouped(kept)) kept"
  }

  private var cutDisplay: DistributionTable.CutDisplay {
    switch state.removedRows {
    case .shown: .shown
    case .dimmed: .dimmed
    case .hidden: .hidden
    }
  }

  /// One scale for both columns: the largest bar fills its column.
  private var scaleMaximum: Double {
    let distribution = decision.distribution
    let top = Int(distribution.ranking[0])
    return max(distribution.before[top], distribution.after.max() ?? 0)
  }

  private func row(atRank rank: Int) -> DistributionRow {
    let distribution = decision.distribution
    let id = Int(distribution.ranking[rank - 1])
    let isKept = distribution.isKept(id)
    var row = DistributionRow(
      rank: rank,
      label: PrintableToken.label(for: state.card?.bytes(of: id) ?? [], glyphs: appearance.glyphs),
      before: distribution.before[id], cumulative: distribution.cumulative(atRank: rank),
      after: isKept ? distribution.after[id] : nil,
      cumulativeAfter: distribution.interval(of: id)?.upperBound ?? 1,
      removedBy: decision.settings.isGreedy ? "" : distribution.removedBy(id)?.title)
    if id == decision.id { row.marks.insert(.drawn) }
    if rank == state.chosenRank { row.marks.insert(.selected) }
    return row
  }

  private var cutoff: DistributionCutoff? {
    let distribution = decision.distribution
    guard let filter = distribution.bindingFilter else { return nil }
    return DistributionCutoff(
      filter: name(of: filter), rank: distribution.cutRank, kept: distribution.keptCount,
      mass: distribution.keptMass, threshold: threshold)
  }

  /// The p that the running sum of the model's own probabilities has to reach, where it is that sum that counts.
  private var threshold: Double? {
    var plain = SamplingSettings()
    plain.topP = decision.settings.topP
    plain.order = decision.settings.order
    return plain == decision.settings && plain.topP < 1 ? plain.topP : nil
  }

  /// The filter with its value: "top-p 0.92".
  private func name(of filter: FilterName) -> String {
    let settings = decision.settings
    switch filter {
    case .topK: return "top-k \(settings.topK)"
    case .topP: return "top-p \(settings.topP)"
    case .minP: return "min-p \(settings.minP)"
    case .typicalP: return "typical \(settings.typicalP)"
    case .temperature: return "greedy"
    default: return filter.title
    }
  }
}

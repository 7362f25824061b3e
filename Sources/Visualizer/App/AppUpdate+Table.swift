import LMCore

/// Selection and scrolling in the table of next tokens.
extension AppState {
  /// The ranks of the rows that the table shows: up to `count`, from its first rank on.
  func visibleRanks(lane: Int, count: Int) -> [Int] {
    guard lanes.indices.contains(lane), let distribution = lanes[lane].shownDistribution else {
      return []
    }
    let first = lane == focus ? table.firstRank : 1
    if table.removedRows == .hidden { return Array(distribution.keptRanks(from: first).prefix(count)) }
    return Array((first..<max(distribution.knownRanks + 1, first)).prefix(count))
  }

  private var focusedDistribution: Distribution? { focusedLane?.shownDistribution }

  /// The next rank in this direction that the table can show.
  private func neighbour(of rank: Int, step: Int, in distribution: Distribution) -> Int? {
    var rank = rank + step
    while (1..<distribution.knownRanks + 1).contains(rank) {
      if table.removedRows != .hidden || distribution.isKept(atRank: rank) { return rank }
      rank += step
    }
    return nil
  }

  mutating func moveChosenRow(by step: Int) {
    guard let distribution = focusedDistribution else { return }
    if let chosen = table.chosenRank {
      table.chosenRank = neighbour(of: chosen, step: step, in: distribution) ?? chosen
    } else {
      table.chosenRank = neighbour(of: table.firstRank - 1, step: 1, in: distribution)
    }
    showChosenRow()
  }

  /// Scrolls as little as necessary to show the chosen row.
  mutating func showChosenRow() {
    guard let chosen = table.chosenRank, let distribution = focusedDistribution else { return }
    if chosen < table.firstRank { table.firstRank = chosen }
    // The smallest first rank with which the chosen row is still on screen, as the last one.
    table.firstRank = max(table.firstRank, rank(metrics.tableRows - 1, rowsAbove: chosen, in: distribution))
  }

  /// Scrolls the chosen row to the middle of the table, unless it is on screen.
  mutating func showChosenRowWithNeighbours() {
    guard let chosen = table.chosenRank, let distribution = focusedDistribution,
      !visibleRanks(lane: focus, count: metrics.tableRows).contains(chosen)
    else { return }
    table.firstRank = rank(metrics.tableRows / 2, rowsAbove: chosen, in: distribution)
  }

  private func rank(_ rows: Int, rowsAbove chosen: Int, in distribution: Distribution) -> Int {
    var first = chosen
    for _ in 0..<max(rows, 0) {
      guard let above = neighbour(of: first, step: -1, in: distribution) else { break }
      first = above
    }
    return first
  }

  mutating func scrollTable(byPages pages: Int) {
    scrollTable(byRows: pages * max(metrics.tableRows - 1, 1))
    table.chosenRank = nil
  }

  /// Scrolls until the last row is at the bottom at most.
  mutating func scrollTable(byRows rows: Int) {
    guard let distribution = focusedDistribution else { return }
    guard table.removedRows == .hidden else {
      let last = distribution.knownRanks - max(metrics.tableRows - 1, 1)
      table.firstRank = min(max(table.firstRank + rows, 1), max(last, 1))
      return
    }
    for _ in 0..<abs(rows) {
      guard let next = neighbour(of: table.firstRank, step: rows.signum(), in: distribution) else { break }
      table.firstRank = next
    }
    let last = rank(
      metrics.tableRows - 1, rowsAbove: max(min(distribution.cutRank, distribution.knownRanks), 1),
      in: distribution)
    table.firstRank = min(table.firstRank, last)
  }

  mutating func cycleRemovedRows() {
    switch table.removedRows {
    case .shown:
      table.removedRows = .dimmed
      notice = "removed tokens are dimmed"
    case .dimmed:
      table.removedRows = .hidden
      notice = "removed tokens are hidden"
    case .hidden:
      table.removedRows = .shown
      notice = "removed tokens are marked"
    }
    guard table.removedRows == .hidden else { return }
    table.showTop()
  }
}

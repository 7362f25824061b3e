import LMCore

/// Selection and scrolling in the table of next tokens.
extension AppState {
  /// The ranks of the rows that the table shows: up to `count`, from its first rank on.
  func visibleRanks(lane: Int, count: Int) -> [Int] {
    guard lanes.indices.contains(lane), let distribution = lanes[lane].decision?.distribution else {
      return []
    }
    let first = lane == focus ? firstRank : 1
    if removedRows == .hidden { return Array(distribution.keptRanks(from: first).prefix(count)) }
    return Array((first..<max(distribution.knownRanks + 1, first)).prefix(count))
  }

  private var focusedDistribution: Distribution? { focusedLane?.decision?.distribution }

  /// The next rank in this direction that the table can show.
  private func neighbour(of rank: Int, step: Int, in distribution: Distribution) -> Int? {
    var rank = rank + step
    while (1..<distribution.knownRanks + 1).contains(rank) {
      if removedRows != .hidden || distribution.isKept(atRank: rank) { return rank }
      rank += step
    }
    return nil
  }

  mutating func moveChosenRow(by step: Int) {
    guard let distribution = focusedDistribution else { return }
    if let chosen = chosenRank {
      chosenRank = neighbour(of: chosen, step: step, in: distribution) ?? chosen
    } else {
      chosenRank = neighbour(of: firstRank - 1, step: 1, in: distribution)
    }
    showChosenRow()
  }

  /// Scrolls as little as necessary to show the chosen row.
  mutating func showChosenRow() {
    guard let chosen = chosenRank, let distribution = focusedDistribution else { return }
    if chosen < firstRank { firstRank = chosen }
    // The smallest first rank with which the chosen row is still on screen, as the last one.
    firstRank = max(firstRank, rank(metrics.tableRows - 1, rowsAbove: chosen, in: distribution))
  }

  /// Scrolls the chosen row to the middle of the table, unless it is on screen.
  mutating func showChosenRowWithNeighbours() {
    guard let chosen = chosenRank, let distribution = focusedDistribution,
      !visibleRanks(lane: focus, count: metrics.tableRows).contains(chosen)
    else { return }
    firstRank = rank(metrics.tableRows / 2, rowsAbove: chosen, in: distribution)
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
    chosenRank = nil
  }

  /// Scrolls until the last row is at the bottom at most.
  mutating func scrollTable(byRows rows: Int) {
    guard let distribution = focusedDistribution else { return }
    guard removedRows == .hidden else {
      let last = distribution.knownRanks - max(metrics.tableRows - 1, 1)
      firstRank = min(max(firstRank + rows, 1), max(last, 1))
      return
    }
    for _ in 0..<abs(rows) {
      guard let next = neighbour(of: firstRank, step: rows.signum(), in: distribution) else { break }
      firstRank = next
    }
    let last = rank(
      metrics.tableRows - 1, rowsAbove: max(min(distribution.cutRank, distribution.knownRanks), 1),
      in: distribution)
    firstRank = min(firstRank, last)
  }

  mutating func cycleRemovedRows() {
    switch removedRows {
    case .shown:
      removedRows = .dimmed
      message = "removed tokens are dimmed"
    case .dimmed:
      removedRows = .hidden
      message = "removed tokens are hidden"
    case .hidden:
      removedRows = .shown
      message = "removed tokens are marked"
    }
    guard removedRows == .hidden else { return }
    chosenRank = nil
    firstRank = 1
  }
}

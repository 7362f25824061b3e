import LMCore
import Presentation

/// Search for a token in the distribution.
extension AppState {
  /// An open search.
  struct SearchLine: Equatable, Sendable {
    var field = TextInput()
    /// The table before the search, to which Esc returns.
    var table: Table
  }

  mutating func openSearch() {
    overlay = .search(SearchLine(table: table))
  }

  /// Edits the query; the table shows the best match at once. ↑ and ↓ go through the matches.
  mutating func updateSearch(_ key: Key, _ line: SearchLine) -> [AppEffect] {
    switch key {
    case .escape:
      overlay = nil
      table = line.table
      rankRequest = nil
    case .enter:
      overlay = nil
      reportMatch()
    case .down, .tab: moveSearch(by: 1)
    case .up, .backTab: moveSearch(by: -1)
    default:
      var line = line
      _ = line.field.handle(key)
      overlay = .search(line)
      find(line.field.text)
      return askForMatches()
    }
    return []
  }

  private mutating func find(_ query: String) {
    search = focusedLane?.decision.map {
      TokenSearch(
        query, ranking: $0.distribution.belief.listedIDs, bytes: { [card] in card?.bytes(of: $0) ?? [] })
    }
    // What a shorter query had found is not what is searched for.
    if search?.current == nil, case .search(let line) = overlay { table = line.table }
    showMatch()
  }

  /// Searches among the tokens that a server has told now.
  mutating func searchAgain() -> [AppEffect] {
    guard let query = search?.query, search?.current == nil else { return [] }
    var isOpen = false
    if case .search = overlay { isOpen = true }
    // The search line was left by Esc, or its finding went with a later key.
    guard isOpen || notice != nil else { return [] }
    find(query)
    if !isOpen { reportMatch() }
    return askForMatches()
  }

  /// Goes to the next match of the last search, without the search line.
  mutating func nextMatch() {
    guard search?.current != nil else {
      message = "nothing was searched for yet: / searches a token by its text or number"
      return
    }
    moveSearch(by: 1)
    reportMatch()
  }

  private mutating func moveSearch(by step: Int) {
    search?.move(by: step)
    showMatch()
  }

  /// Chooses the row of the match and scrolls to it.
  private mutating func showMatch() {
    guard let distribution = focusedLane?.decision?.distribution, let id = search?.current,
      let row = distribution.row(of: id)
    else { return }
    // A recording may have a row far below those that the table can show.
    guard row.rank <= distribution.knownRanks else {
      table.chosenRank = nil
      return
    }
    if table.removedRows == .hidden, !row.isKept { table.removedRows = .shown }
    table.chosenRank = row.rank
    showChosenRowWithNeighbours()
  }

  private mutating func reportMatch() {
    guard search?.query.isEmpty == false else { return }
    if let finding = searchFinding { notice = finding.sentence }
  }

  /// The current match as a sentence; nil without a query or a distribution.
  var searchFinding: SearchFinding? {
    guard let search, !search.query.isEmpty, let distribution = focusedLane?.decision?.distribution else {
      return nil
    }
    let asked = isAskedForRanks ? rankRequest : nil
    return SearchFinding(
      search, in: distribution, card: card, glyphs: appearance.glyphs,
      server: asked.map { $0.isAnswered ? .toldAll : .isAsked })
  }
}

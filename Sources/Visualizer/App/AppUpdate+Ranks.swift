import LMCore

/// More ranks of a distribution, which a server is asked for.
extension AppState {
  /// What was asked for last.
  struct RankRequest: Equatable, Sendable {
    enum Purpose: Sendable {
      /// To scroll on, by a page or by the chosen row.
      case page, row
      case search
    }

    let purpose: Purpose
    let lane: Int
    let textIDs: [Int]
    /// How many ranks were known.
    let knownRanks: Int
    var isAnswered = false
  }

  /// At the end of the ranks that a server has told so far, asks for more, and scrolls on when they come.
  mutating func askForMoreRanks(_ purpose: RankRequest.Purpose) -> [AppEffect] {
    guard let distribution = focusedLane?.shownDistribution else { return [] }
    let last = max(table.chosenRank ?? 0, table.firstRank + metrics.tableRows - 1)
    guard last >= distribution.knownRanks else { return [] }
    return askTheServer(purpose)
  }

  /// Where no known token matches, asks for more tokens, once for these ranks of this text.
  mutating func askForMatches() -> [AppEffect] {
    guard search?.query.isEmpty == false, search?.current == nil, !isAskedForRanks else { return [] }
    return askTheServer(.search)
  }

  private mutating func askTheServer(_ purpose: RankRequest.Purpose) -> [AppEffect] {
    guard let request = newRankRequest(purpose), !requests.isAskingForRanks else {
      return []
    }
    rankRequest = request
    return ask(.tellMore(lane: focus))
  }

  private func newRankRequest(_ purpose: RankRequest.Purpose) -> RankRequest? {
    guard card?.source == .server, let lane = focusedLane, let distribution = lane.decision?.distribution,
      distribution.knownRanks < distribution.vocabularySize
    else { return nil }
    return RankRequest(
      purpose: purpose, lane: focus, textIDs: lane.textIDs, knownRanks: distribution.knownRanks)
  }

  /// Whether more ranks than those on screen were asked for already; where it was answered, there are none.
  var isAskedForRanks: Bool {
    guard let rankRequest, rankRequest.isAnswered || requests.isAskingForRanks,
      let same = newRankRequest(rankRequest.purpose)
    else { return false }
    return (same.lane, same.textIDs, same.knownRanks)
      == (rankRequest.lane, rankRequest.textIDs, rankRequest.knownRanks)
  }

  /// Goes on with what the ranks were asked for.
  ///
  /// - Parameter hasFailed: the server did not answer: the next key may ask again.
  mutating func receiveRanks(hasFailed: Bool) -> [AppEffect] {
    guard let request = rankRequest, !request.isAnswered else { return [] }
    guard !hasFailed else {
      rankRequest = nil
      return []
    }
    rankRequest?.isAnswered = true
    guard request.lane == focus, let lane = focusedLane, lane.textIDs == request.textIDs,
      let known = lane.decision?.distribution.knownRanks
    else { return [] }
    switch request.purpose {
    case .search: return searchAgain()
    case .page where known > request.knownRanks: scrollTable(byPages: 1)
    case .row where known > request.knownRanks: moveChosenRow(by: 1)
    case .page, .row:
      message = "the server tells no more than the first \(NumberFormat.grouped(known)) tokens"
    }
    return []
  }
}

import LMCore
import Presentation

/// A followed text as text: the position in it, and the rank of its next token.
struct FollowedTextView {
  let lane: LaneSnapshot
  let state: AppState

  /// "text 12/230", "text 230/230, ended"; nil where no text is followed.
  var place: String? {
    guard !lane.following.isEmpty else { return nil }
    let read = min(lane.followedCount, lane.depth)
    let place = "text \(read)/\(lane.following.count)"
    if read == lane.following.count { return "\(place), ended" }
    return lane.depth > read ? "\(place), left" : place
  }

  /// "rank 812, 0.02%"; of a token that a server did not tell "rank ≥21, ≤0.74%".
  func nextInBrief(glyphs: GlyphSet) -> String? {
    guard let decision = lane.decision, let id = decision.followed else { return nil }
    guard let row = decision.distribution.row(of: id) else {
      let belief = decision.distribution.belief
      guard belief.knownRanks == belief.toldRanks, let last = belief.row(atRank: belief.toldRanks) else {
        return nil
      }
      let most = min(last.probability, belief.restMass?.upperBound ?? 1)
      return "rank \(glyphs.atLeast)\(NumberFormat.grouped(last.rank + 1)), "
        + RangeText.mostPercent(0...most, glyphs: glyphs)
    }
    return "rank \(NumberFormat.grouped(row.rank)), \(NumberFormat.percent(row.before))"
  }

  /// "The author: ␣stout, rank 812, 0.02%"; nil behind the text's end, and where the user has left it.
  func nextToken(glyphs: GlyphSet) -> String? {
    guard let id = lane.decision?.followed, let brief = nextInBrief(glyphs: glyphs) else { return nil }
    return
      "The author: \(PrintableToken.label(for: state.card?.bytes(of: id) ?? [], glyphs: glyphs)), \(brief)"
  }
}

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

  /// "rank 812, 0.02%"
  var nextInBrief: String? {
    guard let decision = lane.decision, let id = decision.followed,
      let row = decision.distribution.row(of: id)
    else { return nil }
    return "rank \(NumberFormat.grouped(row.rank)), \(NumberFormat.percent(row.before))"
  }

  /// "The author: ␣stout, rank 812, 0.02%"; nil behind the text's end, and where the user has left it.
  func nextToken(glyphs: GlyphSet) -> String? {
    guard let id = lane.decision?.followed, let brief = nextInBrief else { return nil }
    return
      "The author: \(PrintableToken.label(for: state.card?.bytes(of: id) ?? [], glyphs: glyphs)), \(brief)"
  }
}

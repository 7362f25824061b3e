import LMCore
import Presentation

/// A search result as a sentence: the token's rank, and its probability before and after the chain.
struct SearchFinding: Equatable {
  /// "␣she #342: rank 2 of 4,096, 12.0% → 13.0% (match 1 of 17)"
  let sentence: String

  /// What a server does about the ranks that it has not told.
  enum Server {
    case isAsked
    /// It tells no more than these.
    case toldAll
  }

  init(
    _ search: TokenSearch, in distribution: Distribution, card: ModelCard?, glyphs: GlyphSet,
    server: Server? = nil
  ) {
    let isWhole = distribution.knownRanks == distribution.vocabularySize
    // A trace holds the first ranks only.
    let isRecording = !isWhole && card?.source != .server
    guard let id = search.current, let row = distribution.row(of: id) else {
      sentence =
        isRecording
        ? "no recorded row holds '\(search.query)'"
        : !isWhole
          ? Self.nothing(search.query, among: distribution.knownRanks, server)
          : Self.nothing(search.query, card, glyphs)
      return
    }
    let label = PrintableToken.label(for: card?.bytes(of: id) ?? [], glyphs: glyphs)
    let rank = NumberFormat.grouped(row.rank)
    let all = NumberFormat.grouped(distribution.vocabularySize)
    let before = NumberFormat.exactPercent(row.before, digits: 3)
    let fate =
      distribution.chainProblem != nil
      ? ""
      : row.afterBounds.map { " \(glyphs.arrowRight) \(RangeText.exactPercent($0, digits: 3))" }
        ?? " cut by \(row.removedBy.map { $0 == .temperature ? "greedy" : $0.title } ?? "the model")"
    let (match, matches) = (
      NumberFormat.grouped(search.index + 1), NumberFormat.grouped(search.matches.count)
    )
    var place = search.matches.count > 1 ? " \(glyphs.dot) match \(match) of \(matches)" : ""
    if isRecording, !place.isEmpty { place += " recorded" }
    sentence = "\(label) #\(id): rank \(rank) of \(all) \(glyphs.dot) \(before)\(fate)\(place)"
  }

  private static func nothing(_ query: String, among known: Int, _ server: Server?) -> String {
    let first = "the first \(NumberFormat.grouped(known)) tokens"
    return switch server {
    case .isAsked: "none of \(first) holds '\(query)'; the server is asked for more"
    case .toldAll: "none of \(first) holds '\(query)', and the server tells no more"
    case nil: "none of \(first) holds '\(query)'"
    }
  }

  private static func nothing(_ query: String, _ card: ModelCard?, _ glyphs: GlyphSet) -> String {
    guard query.first != "#", let card, let pieces = try? card.tokenizer?.encode(" " + query, .part) else {
      return "no token \(query)"
    }
    let labels = pieces.prefix(6).map { PrintableToken.label(for: card.bytes(of: $0), glyphs: glyphs) }
    let more = pieces.count > 6 ? " \(glyphs.ellipsis)" : ""
    return "no token holds '\(query)': it is \(pieces.count) tokens, \(labels.joined(separator: " "))\(more)"
  }
}

import Presentation

/// One token of the distribution, as the table shows it.
struct DistributionTableRow: Hashable {
  struct Marks: OptionSet, Hashable {
    let rawValue: Int
    /// The drawn token.
    static let drawn = Marks(rawValue: 1)
    /// The token that greedy decoding takes.
    static let taken = Marks(rawValue: 8)
    /// The row that the user has chosen.
    static let selected = Marks(rawValue: 2)
    /// The next token of the followed text.
    static let author = Marks(rawValue: 4)
  }

  /// 1 is the most probable.
  var rank: Int
  /// See `PrintableToken.label`.
  var label: String
  /// The model's own probability, and its sum over ranks 1...rank.
  var before: Double
  var cumulative: Double
  /// The probability after the chain, nil for a removed token; and the sum over ranks 1...rank. Both are the least that they
  /// can be, where a server left them open.
  var after: Double?
  var cumulativeAfter: Double
  /// The most that `after` can be; nil where it is certain.
  var mostAfter: Double?
  /// The filter that removed it.
  var removedBy: String?
  /// A penalty gave the token another logit: below 0 a lower one.
  var scoreChange: Double
  var marks: Marks

  init(
    rank: Int, label: String, before: Double, cumulative: Double, after: Double?, cumulativeAfter: Double,
    mostAfter: Double? = nil, removedBy: String? = nil, scoreChange: Double = 0, marks: Marks = []
  ) {
    self.rank = rank
    self.label = label
    self.before = before
    self.cumulative = cumulative
    self.after = after
    self.cumulativeAfter = cumulativeAfter
    self.mostAfter = mostAfter
    self.removedBy = removedBy
    self.scoreChange = scoreChange
    self.marks = marks
  }

  /// Where the probability after the chain lies; nil for a removed token.
  var afterBounds: ClosedRange<Double>? { after.map { $0...max($0, mostAfter ?? $0) } }
}

/// The cut of the sampler chain.
struct DistributionCutoff: Hashable {
  /// The binding filter with its setting: "top-p 0.92".
  var filter: String
  /// The rank of the last kept token, and the model's own probability of all ranks down to it.
  var rank: Int
  var cumulative: Double
  var kept: Int
  /// The model's own probability of all kept tokens.
  var mass: Double
  /// The p that the running sum must reach. Nil, and no line, where the filter saw another distribution than the one
  /// shown (temperature or another filter before it).
  var threshold: Double?
}

/// Tokens that the rows of a table leave out.
struct DistributionRest: Hashable {
  var count: Int
  /// The model's own probability of them together, and the sum over all ranks down to the last of them.
  var before: Double
  var cumulative: Double
  /// Where their probability after the chain lies; nil where all are removed.
  var after: ClosedRange<Double>?
  /// None of them is known by name.
  var isUntold = false
  /// The followed text's next token is among them.
  var holdsAuthor: Bool
}

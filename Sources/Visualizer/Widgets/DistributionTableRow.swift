import Presentation

/// One token of the distribution, as the table shows it.
struct DistributionTableRow: Hashable {
  struct Marks: OptionSet, Hashable {
    let rawValue: Int
    /// The draw gave this token.
    static let drawn = Marks(rawValue: 1)
    /// The user chose this row.
    static let selected = Marks(rawValue: 2)
    /// The followed text goes on with this token.
    static let author = Marks(rawValue: 4)
  }

  /// 1 is the most probable.
  var rank: Int
  /// See `PrintableToken.label`.
  var label: String
  /// The model's own probability, and its sum over ranks 1...rank.
  var before: Double
  var cumulative: Double
  /// After the chain, nil where it removed the token; and the sum over ranks 1...rank.
  var after: Double?
  var cumulativeAfter: Double
  /// The filter that removed it.
  var removedBy: String?
  var marks: Marks

  init(
    rank: Int, label: String, before: Double, cumulative: Double, after: Double?, cumulativeAfter: Double,
    removedBy: String? = nil, marks: Marks = []
  ) {
    self.rank = rank
    self.label = label
    self.before = before
    self.cumulative = cumulative
    self.after = after
    self.cumulativeAfter = cumulativeAfter
    self.removedBy = removedBy
    self.marks = marks
  }
}

/// Where the chain cut.
struct DistributionCutoff: Hashable {
  /// The filter that binds, with its setting: "top-p 0.92".
  var filter: String
  /// The rank of the last kept token.
  var rank: Int
  var kept: Int
  /// The model's own probability of all kept tokens.
  var mass: Double
  /// The p that the running sum has to reach, where the sum shown is the one that was filtered (T = 1 and no filter
  /// before it); nil: no line.
  var threshold: Double?
}

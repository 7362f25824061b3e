import Glibc

/// What a server can, as it was found out by asking it.
public struct ServerCheck: Sendable {
  /// Which program it is.
  public let kind: ServerKind
  /// Its version, as it says; nil where it does not.
  public let version: String?
  /// The most ranks of a distribution that it tells.
  public let mostRanks: Int
  /// Whether texts are sent as ids; else as text, which the server reads anew.
  public let takesIDs: Bool
  /// How many of the told tokens it named by their bytes; the rest by a local vocabulary, or not at all.
  public let namedTokens: Int
  /// How many tokens one distribution had.
  public let toldTokens: Int
  /// Whether one request asks for several texts.
  public let takesSeveralTexts: Bool
  /// Whether the tokens of a given text are scored in one request.
  public let scoresTextsAtOnce: Bool
  /// The sum of the probabilities of all ranks that it tells.
  public let toldMass: Double
  /// What it leaves untold, between its bounds.
  public let restMass: ClosedRange<Double>
  /// Whether the same text, asked twice, had the same numbers: where `readsAnew`, once continued and once read from its
  /// beginning.
  public let repeatsItself: Bool
  /// Whether the server can be asked not to use what it has kept of a text.
  public let readsAnew: Bool
  /// What a step takes, by the number of ranks.
  public let steps: [Step]

  /// The median of some steps forward, each a token more.
  public struct Step: Sendable {
    /// How many ranks were asked for.
    public let ranks: Int
    /// From the request to the answer's last byte.
    public let seconds: Double
    /// To read the answer.
    public let readingSeconds: Double
    /// Of the answer.
    public let byteCount: Int
  }
}

extension ServedPredictor {
  /// How many steps are measured for each number of ranks.
  private static let stepCount = 5

  /// Asks a server what it can, and measures a step.
  ///
  /// - Parameters:
  ///   - ids: a text to start from, at least one token.
  ///   - progress: called with 0...1.
  /// - Throws: `ServerError`.
  public func checkServer(behind ids: [Int], progress: (Double) -> Void = { _ in }) throws(ServerError)
    -> ServerCheck
  {
    let all = dialect.mostRanks
    let first = try connection.head(of: ids, ranks: all, dialect).head
    var steps: [ServerCheck.Step] = []
    let sizes = Set([1, 20, 1000, all].filter { $0 <= all }).sorted()
    for (index, ranks) in sizes.enumerated() {
      steps.append(try step(ids, ranks: ranks, Int(first.ids[0])))
      progress(Double(index + 1) / Double(sizes.count))
    }
    // The server has just read it token by token.
    let text = ids + [Int](repeating: Int(first.ids[0]), count: Self.stepCount)
    let continued = try connection.head(of: text, ranks: all, dialect).head
    let anew = dialect.requestReadingAnew(text, ranks: all)
    let again = try connection.head(of: text, ranks: all, dialect, by: anew).head
    return ServerCheck(
      kind: kind, version: version(), mostRanks: all, takesIDs: dialect.takesIDs,
      namedTokens: first.pieces.ids.count, toldTokens: first.ids.count,
      takesSeveralTexts: dialect.takesSeveralTexts, scoresTextsAtOnce: dialect.scoresTextsAtOnce,
      // Of all tokens a sum that is not 1 is rounding.
      toldMass: first.restMass == 0...0 ? 1 : first.logProbabilities.reduce(0) { $0 + exp($1) },
      restMass: first.restMass,
      repeatsItself: continued.ids == again.ids && continued.logProbabilities == again.logProbabilities,
      readsAnew: anew != nil, steps: steps)
  }

  private func step(_ ids: [Int], ranks: Int, _ next: Int) throws(ServerError) -> ServerCheck.Step {
    var (text, measured): ([Int], [(seconds: Double, reading: Double, bytes: Int)]) = (ids, [])
    for _ in 0...Self.stepCount {
      let answer = try connection.head(of: text, ranks: ranks, dialect)
      measured.append((answer.seconds, answer.readingSeconds, answer.body.count))
      text.append(next)
    }
    // The first one reads the beginning.
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let steps = measured.dropFirst()
    return ServerCheck.Step(
      ranks: ranks, seconds: median(steps.map(\.seconds)), readingSeconds: median(steps.map(\.reading)),
      byteCount: steps.map(\.bytes).max() ?? 0)
  }

  /// What the server says of its version; nil where it does not.
  private func version() -> String? {
    let (path, member): (String, String)
    switch kind {
    case .llamaServer: (path, member) = ("/props", "build_info")
    case .vLLM: (path, member) = ("/version", "version")
    case .sgLang: (path, member) = ("/get_server_info", "version")
    case .openAI: return nil
    }
    let answer = (try? connection.send(ServerRequest(path))).flatMap { try? JSON(parsing: $0) }
    return answer?[member]?.string.map { ForeignText.line($0, limit: 40) }
  }
}

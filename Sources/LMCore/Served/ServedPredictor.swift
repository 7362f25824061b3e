/// A model behind a server as a source of predictions.
///
/// Keeps every answer under the ids of its text: the same ids asked again could be answered with other bits. So stepping
/// back and forth, branches and lanes ask nothing, and knobs only for more ranks.
public final class ServedPredictor: Predictor {
  /// Name and sizes of the model, as far as the server tells them.
  public let profile: ModelProfile
  /// It keeps all texts.
  public var textsInUse = 0

  let connection: ServerConnection
  let dialect: any ServerDialect
  let identity: ServerIdentity
  /// Learns what tokens are called; nil where a local vocabulary knows it.
  let tokenizer: ServedTokenizer?
  var heads = KeptHeads()
  /// Once true, a request that is under way is given up, beside what its caller says.
  public var isInterrupted: @Sendable () -> Bool = { false }
  /// How it was opened; nil for a server of a test.
  var settings: ServerSettings?
  /// After a failure the server may have been started again, with another model.
  private var mustCheckIdentity = false

  /// How many ranks are asked for first, and how many where these do not decide a step. Behind them come all.
  static let rankSteps = [1000, 5000]

  init(
    _ profile: ModelProfile, _ connection: ServerConnection, _ dialect: any ServerDialect,
    identity: ServerIdentity, tokenizer: ServedTokenizer?
  ) {
    (self.profile, self.connection, self.dialect) = (profile, connection, dialect)
    (self.identity, self.tokenizer) = (identity, tokenizer)
  }

  /// The kind of the server.
  public var kind: ServerKind { dialect.kind }
  /// The most ranks that it tells of a distribution.
  public var mostRanks: Int { dialect.mostRanks }

  public func predict(
    _ texts: [TextPath], unless isCancelled: () -> Bool
  ) throws(PredictorError) -> [Prediction] {
    for text in texts { try check(text.prompt, text.generated) }
    var missing: [[Int]] = []
    for text in texts where heads[text.ids].head == nil && !missing.contains(text.ids) {
      missing.append(text.ids)
    }
    try ask(missing, ranks: Self.rankSteps[0], unless: isCancelled)
    return texts.map { Prediction(.kept($0.ids)) }
  }

  public func belief(of prediction: Prediction) throws -> Belief {
    guard case .kept(let ids) = prediction.content, let head = heads[ids].head else {
      preconditionFailure("a prediction is read by the predictor that made it")
    }
    return belief(of: head)
  }

  public func extend(_ prediction: Prediction, to ranks: Int?) throws(PredictorError) -> Bool {
    guard case .kept(let ids) = prediction.content, case let entry = heads[ids],
      let known = entry.head?.ids.count
    else { return false }
    let wanted = ranks ?? known + 1
    guard known < wanted, known < dialect.mostRanks, !entry.isExhausted else { return false }
    let next = Self.rankSteps.first { $0 >= wanted && $0 > known } ?? dialect.mostRanks
    try ask([ids], ranks: next) { false }
    return (heads[ids].head?.ids.count ?? 0) > known
  }

  /// The predictions of all beginnings of a text, one after the other, each with as many ranks as the next token needs.
  public func predictEach(
    of ids: [Int], exactly: Bool, _ body: (_ position: Int, _ prediction: Prediction) throws -> Void
  ) throws {
    try check(ids)
    for position in ids.indices {
      let prediction = try predict(TextPath(prompt: Array(ids[...position])))
      if position + 1 < ids.count {
        while try belief(of: prediction).row(of: ids[position + 1]) == nil, try extend(prediction, to: nil) {}
      }
      try body(position, prediction)
    }
  }

  /// How probable each token of a text was, from the second on, in one request; nil where the server cannot tell it so.
  package func tokensTold(
    of ids: [Int]
  ) throws(PredictorError) -> [(logProbability: Double, rank: Int, belief: Belief)]? {
    guard let dialect = dialect as? VLLMDialect, (2...profile.contextLength).contains(ids.count) else {
      return nil
    }
    try check(ids)
    let host = connection.address.host
    do throws(ServerError) {
      let answer = try send(dialect.requestForText(ids, ranks: VLLMDialect.usualRanks)) { false }
      do throws(AnswerError) {
        let tokens = try dialect.tokens(in: answer, of: ids, ranks: VLLMDialect.usualRanks)
        if let tokenizer { tokenizer.learn(try dialect.names(in: answer, of: ids)) }
        // The first token has no entry.
        learnNames(Array(ids.prefix(1))) { false }
        return tokens.map { ($0.logProbability, $0.rank, belief(of: $0.head)) }
      } catch {
        throw .unreadable(host: host, error)
      }
    } catch {
      throw .source(error.description, mayPass: error.mayPass)
    }
  }

  private func belief(of head: ServedHead) -> Belief {
    Belief(
      head: head.ids, logProbabilities: head.logProbabilities, restMass: head.restMass,
      vocabularySize: profile.vocabularySize)
  }

  // MARK: Asking

  private func ask(
    _ texts: [[Int]], ranks: Int, unless isCancelled: () -> Bool
  ) throws(PredictorError) {
    guard !texts.isEmpty else { return }
    let isInterrupted = isInterrupted
    let isCancelled = { isCancelled() || isInterrupted() }
    do throws(ServerError) {
      let groups = dialect.takesSeveralTexts ? [texts] : texts.map { [$0] }
      for group in groups {
        try askTogether(group, ranks: min(ranks, dialect.mostRanks), unless: isCancelled)
      }
    } catch {
      if case .cancelled = error { throw .cancelled }
      if error.mayBeRestart { mustCheckIdentity = true }
      throw .source(error.description, mayPass: error.mayPass)
    }
  }

  /// Sends a request about the model. A server that was started again with another one may not know it by its name.
  private func send(
    _ request: ServerRequest, unless isCancelled: () -> Bool
  ) throws(ServerError) -> [UInt8] {
    do throws(ServerError) { return try connection.send(request, unless: isCancelled) } catch {
      guard case .notFound = error else { throw error }
      do throws(ServerError) { try identity.check(connection, unless: isCancelled) } catch let other {
        if case .otherModel = other { throw other }
      }
      throw error
    }
  }

  private func askTogether(
    _ texts: [[Int]], ranks: Int, unless isCancelled: () -> Bool
  ) throws(ServerError) {
    let host = connection.address.host
    if mustCheckIdentity {
      try identity.check(connection, unless: isCancelled)
      mustCheckIdentity = false
    }
    for text in texts where !dialect.canSend(text) { throw .textDrifts(host: host) }
    let answer = try send(dialect.request(for: texts, ranks: ranks), unless: isCancelled)
    if let name = dialect.modelName(in: answer), name != identity.answerName {
      throw .otherModel(host: host, before: identity.answerName, now: name)
    }
    if let read = dialect.readTokens(in: answer), read != texts[0].count { throw .textDrifts(host: host) }
    var heads: [ServedHead] = []
    let told = try connection.heads(in: answer, of: texts.count, ranks: ranks, dialect)
    for (text, head) in zip(texts, told) {
      guard let head else {
        heads.append(
          try connection.secondHead(of: text, ranks: ranks, dialect, unless: isCancelled).head)
        continue
      }
      heads.append(head)
    }
    for (text, head) in zip(texts, heads) {
      var entry = self.heads[text]
      if head.ids.count < min(ranks, profile.vocabularySize) { entry.isExhausted = true }
      // A shorter answer than before tells less.
      if head.ids.count >= entry.head?.ids.count ?? 0 {
        entry.head = head
        tokenizer?.learn(head.pieces)
      }
      self.heads[text] = entry
    }
    // Also those of the texts: a prompt is shown.
    learnNames(texts.joined() + heads.flatMap { $0.ids.map(Int.init) }, unless: isCancelled)
  }

  /// Asks what tokens are called that an answer had by their ids alone. Without an answer they stay ids, until they are met
  /// again: the distribution is known all the same.
  func learnNames(_ ids: [Int], unless isCancelled: () -> Bool) {
    guard let tokenizer, let dialect = dialect as? VLLMDialect else { return }
    var unknown = tokenizer.unknown(ids)
    guard !unknown.isEmpty else { return }
    unknown = VLLMDialect.asked(unknown, contextLength: profile.contextLength)
    guard let answer = try? connection.send(dialect.requestForText(unknown, ranks: 0), unless: isCancelled),
      let pieces = try? dialect.names(in: answer, of: unknown)
    else { return }
    tokenizer.learn(pieces)
    tokenizer.giveUp(unknown)
  }
}

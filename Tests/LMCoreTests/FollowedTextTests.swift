import LMCore
import ModelTestSupport
import Testing

@Suite struct FollowedTextTests {
  private func pieces(_ texts: [String], contextLength: Int = 64) throws -> FollowedText {
    try FollowedText(ids: Array(texts.indices), contextLength: contextLength) { Array(texts[$0].utf8) }
  }

  @Test(arguments: [
    (["A", " fox", " ran", ".", " It", " ran", "."], 4),
    (["\"", "Run", "!\"", "\"", " said", " he"], 4),
    (["A", " fox", " ran"], 2),
    (["Run", "."], 1),
    (Array(repeating: " on", count: 40), 16),
  ])
  func thePromptIsTheFirstSentence(texts: [String], count: Int) throws {
    let text = try pieces(texts)
    #expect(text.promptIDs == Array(0..<count))
    #expect(text.following == Array(count..<texts.count))
    #expect(text.omittedCount == 0)
  }

  /// One token more than the model reads can be predicted.
  @Test func aLongTextIsCutAtTheContext() throws {
    let text = try pieces(Array(repeating: " on", count: 40), contextLength: 30)
    #expect(text.promptIDs.count + text.following.count == 31)
    #expect(text.omittedCount == 9)
    let session = try GenerationSession(
      predictor: FakePredictor(contextLength: 30), promptIDs: text.promptIDs, following: text.following,
      seed: 1)
    for _ in text.following { try session.advance() }
    #expect(session.textIDs == Array(0..<31))
    #expect(session.isContextFull)
  }

  @Test(arguments: [0, 1])
  func refusesWhatHasNothingToFollow(count: Int) {
    #expect(throws: SessionError.textTooShort(tokens: count)) {
      try pieces(Array(repeating: "a", count: count))
    }
  }
}

@Suite struct FollowingSessionTests {
  private let text = [7, 0, 39, 7, 12]

  private func session(_ predictor: FakePredictor = FakePredictor()) throws -> GenerationSession {
    try GenerationSession(predictor: predictor, promptIDs: [3, 1, 4], following: text, seed: 42)
  }

  @Test func advanceTakesTheTextsTokensAndTellsWhereTheyStood() throws {
    let session = try session()
    for id in text {
      let decision = try session.decision
      #expect(decision.followed == id)
      #expect(decision.id == id)
      #expect(decision.drawn == decision.distribution.sample(decision.draw.u))
      let step = try session.advance()
      #expect(step.id == id)
      #expect(step.isForced)
      #expect(step.u == nil)
      #expect(step.rank == decision.distribution.rank(of: id))
      #expect(step.before == decision.distribution.before[id])
    }
    #expect(session.followedCount == text.count)
  }

  @Test func behindItsEndTheModelGoesOn() throws {
    let session = try session()
    for _ in text { try session.advance() }
    let decision = try session.decision
    #expect(decision.followed == nil)
    #expect(decision.id == decision.drawn)
    #expect(try session.advance().isForced == false)
    #expect(session.followedCount == text.count)
  }

  @Test func equalsForcingTheSameTokensByHand() throws {
    let (following, byHand) = (try session(), try session())
    let free = try GenerationSession(predictor: FakePredictor(), promptIDs: [3, 1, 4], seed: 42)
    for id in text {
      try following.advance()
      try byHand.force(id)
      try free.force(id)
    }
    #expect(following.steps == byHand.steps)
    #expect(following.steps == free.steps)
    #expect(byHand.branchCount == 1)
  }

  @Test func anotherTokenLeavesTheTextAndSteppingBackReturnsToIt() throws {
    let session = try session()
    try session.advance()
    try session.force(5)
    #expect(session.followedCount == 1)
    #expect(try session.decision.followed == nil)
    try session.advance()
    session.jump(toDepth: 1)
    #expect(try session.decision.followed == text[1])
    // Forward replays what was left for; the author's token is a choice like any other.
    try session.force(text[1])
    #expect(try session.decision.followed == text[2])
    #expect(session.branchCount == 2)
  }

  @Test func aTokenOfTheTextUnderOtherSettingsIsStillTheText() throws {
    let session = try session()
    var greedy = SamplingSettings()
    greedy.temperature = 0
    try session.setSettings(greedy)
    #expect(try session.advance().id == text[0])
    #expect(try session.decision.followed == text[1])
  }

  @Test func lookingAheadReadsTheTextsToken() throws {
    let model = FakePredictor()
    let session = try session(model)
    #expect(session.prepareNextStep())
    try session.advance()
    #expect(model.stepCalls == 1)
    #expect(session.textIDs == [3, 1, 4, 7])
  }

  @Test func oneLaneFollowsWhileTheOtherGoesItsOwnWay() throws {
    let model = FakePredictor()
    let author = try session(model)
    let own = try GenerationSession(predictor: model, promptIDs: [3, 1, 4], seed: 42)
    let alone = try GenerationSession(predictor: model, promptIDs: [3, 1, 4], seed: 42)
    for _ in text {
      #expect(Lockstep.advance([author, own]).allSatisfy { $0 == nil })
      try alone.advance()
    }
    #expect(author.textIDs == [3, 1, 4] + text)
    #expect(own.steps == alone.steps)
  }

  @Test func refusesATextWithAStrangeToken() {
    #expect(throws: SessionError.tokenOutOfRange(id: 40, vocabularySize: 40)) {
      try GenerationSession(predictor: FakePredictor(), promptIDs: [1], following: [2, 40], seed: 1)
    }
  }
}

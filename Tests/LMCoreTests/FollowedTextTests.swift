import LMCore
import ModelTestSupport
import Testing

@Suite struct FollowedTextTests {
  @Test(
    arguments: [
      ([1, 2, 3], 9, [9], [1, 2, 3]),
      ([1], 9, [9], [1]),
      // A text that begins with the token itself, and a model without such a token.
      ([9, 1, 2], 9, [9], [1, 2]),
      ([1, 2, 3], nil, [1], [2, 3]),
    ] as [([Int], Int?, [Int], [Int])])
  func theTextIsFollowedFromItsFirstToken(ids: [Int], begin: Int?, prompt: [Int], following: [Int]) throws {
    let text = try FollowedText(ids: ids, begin: begin, contextLength: 64)
    #expect(text.promptIDs == prompt)
    #expect(text.following == following)
    #expect(text.omittedCount == 0)
  }

  /// One token more than the model reads can be predicted.
  @Test(arguments: [39, nil])
  func aLongTextIsCutAtTheContext(begin: Int?) throws {
    let ids = Array(0..<38)
    let text = try FollowedText(ids: ids, begin: begin, contextLength: 30)
    #expect(text.promptIDs.count + text.following.count == 31)
    #expect(text.omittedCount == (begin == nil ? 7 : 8))
    let session = try GenerationSession(
      predictor: FakePredictor(contextLength: 30), promptIDs: text.promptIDs, following: text.following,
      seed: 1)
    for _ in text.following { try session.advance() }
    #expect(session.textIDs == [begin].compactMap(\.self) + Array(0..<(begin == nil ? 31 : 30)))
    #expect(session.isContextFull)
  }

  @Test(arguments: [([], 9), ([], nil), ([1], nil), ([9], 9)] as [([Int], Int?)])
  func refusesWhatHasNothingToFollow(ids: [Int], begin: Int?) {
    #expect(throws: SessionError.textTooShort(tokens: ids.count)) {
      try FollowedText(ids: ids, begin: begin, contextLength: 64)
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

import Foundation
import ModelTestSupport
import Testing

@testable import LMCore

@Suite struct TraceTests {
  @Test(arguments: [0, 1, 5, 60])
  func whatIsWrittenIsReadAgainToTheBit(rowCount: Int) throws {
    let trace = try TraceSamples.trace(rowCount: rowCount)
    #expect(trace.steps.count == 6)
    #expect(try Trace(parsing: trace.lines) == trace)
  }

  @Test func twoTextsAreReadAgainToTheBit() throws {
    let (one, other) = (try TraceSamples.trace(rowCount: 5), try TraceSamples.trace(rowCount: 0))
    let lines = Trace.lines(of: [one, other])
    #expect(try Trace.lanes(parsing: Array(lines.utf8)) == [one, other])
    // A program that reads single texts only says that the file is newer.
    #expect(lines.split(separator: "\n").filter { $0.contains("\"version\":2") }.count == 2)
    #expect(Trace.lines(of: [one]) == one.lines)
    let third = Array((lines + other.lines).utf8)
    #expect(throws: TraceError.self) { try Trace.lanes(parsing: third) }
  }

  @Test(arguments: [0, 1, 5, 60]) func whatAServerToldIsReadAgainToTheBit(rowCount: Int) throws {
    let trace = try TraceSamples.servedTrace(rowCount: rowCount)
    #expect(trace.lines.hasPrefix(#"{"type":"start""#))
    #expect(trace.lines.split(separator: "\n")[0].contains(#""version":2"#))
    #expect(try Trace(parsing: trace.lines) == trace)
    #expect(trace.end?.next?.drawnID == nil)
    // Of a model on this machine nothing has changed.
    #expect(try TraceSamples.trace().lines.split(separator: "\n")[0].contains(#""version":1"#))
  }

  /// What a screen shows of a decision over a server is the same from the trace.
  @Test func everyDecisionOfAServerComesBack() throws {
    let trace = try Trace(parsing: TraceSamples.servedTrace(rowCount: 6).lines)
    var depth = 0
    try TraceSamples.servedSession().forEachDecision { decision, _ in
      let recording = try #require(trace.decision(atDepth: depth))
      let shown = Decision(recording, vocabularySize: 40)
      let (original, again) = (decision.distribution, shown.distribution)
      #expect(shown.id == decision.id)
      #expect(shown.problem == decision.problem)
      #expect(again.belief.restMass == original.belief.restMass)
      #expect(again.belief.entropyBounds == original.belief.entropyBounds)
      #expect(again.entropyAfterBounds == original.entropyAfterBounds)
      #expect(again.untoldKept == original.untoldKept)
      #expect(again.keptCount == original.keptCount)
      #expect(shown.stages == decision.stages)
      depth += 1
    }
    #expect(depth == 6)
    #expect(trace.steps.map(\.isUntold) == [false, false, false, false, true])
  }

  @Test(
    arguments: [
      (#""known_ranks":12"#, #""known_ranks":41"#), (#""rest_mass":[0"#, #""rest_mass":[2"#),
      (#""what":"draw""#, #""what":"luck""#), (#""head":{"#, #""head":[],"x":{"#),
    ])
  func aDamagedHeadIsRefused(from: String, to: String) throws {
    let lines = try TraceSamples.servedTrace(rowCount: 0).lines
    try #require(lines.contains(from))
    let damaged = lines.components(separatedBy: from).joined(separator: to)
    #expect(throws: TraceError.self) { try Trace(parsing: damaged) }
  }

  @Test func twoTextsAreOfOneModel() throws {
    let one = try TraceSamples.trace(rowCount: 0)
    var other = one
    other.start.model.name = "another"
    let lines = Array(Trace.lines(of: [one, other]).utf8)
    let error = #expect(throws: TraceError.self) { try Trace.lanes(parsing: lines) }
    #expect(error == .wrong(line: 9, member: "model", wanted: "that of the text before it"))
  }

  @Test func theStepsAreThoseOfTheSession() throws {
    let session = try TraceSamples.session()
    let read = try Trace(parsing: TraceSamples.trace().lines)
    #expect(read.steps.map(\.step) == session.steps)
    #expect(read.start.tokens.map(\.id) == session.promptIDs)
    #expect(read.end?.perplexity == perplexity(of: session.steps))
  }

  @Test func recordingMovesNothing() throws {
    let session = try TraceSamples.session()
    session.jump(toDepth: 2)
    let (steps, line, decision) = (session.steps, session.lineSteps, try session.decision)
    let trace = try session.trace(
      of: TraceSamples.model, promptBytes: nil, tokenizer: nil, endsText: { _ in false })
    #expect(session.steps == steps)
    #expect(session.lineSteps == line)
    #expect(try session.decision.distribution.after == decision.distribution.after)
    #expect(trace.steps.map(\.step) == line)
    #expect(trace.end?.cursor == 2)
  }

  /// What a screen shows of a decision is the same from the trace as from the model.
  @Test func everyDecisionComesBack() throws {
    let trace = try Trace(parsing: TraceSamples.trace(rowCount: 12).lines)
    var depth = 0
    try TraceSamples.session().forEachDecision { decision, _ in
      let recording = try #require(trace.decision(atDepth: depth))
      let shown = Decision(recording, vocabularySize: 40)
      let (original, again) = (decision.distribution, shown.distribution)
      #expect(shown.id == decision.id)
      #expect(shown.draw == decision.draw)
      #expect(shown.settings == decision.settings)
      #expect(again.knownRanks == 12)
      #expect(again.keptCount == original.keptCount)
      #expect(again.keptMass == original.keptMass)
      #expect(again.filteredMass == original.filteredMass)
      #expect(again.bindingFilter == original.bindingFilter)
      #expect(again.cutRank == original.cutRank)
      #expect(again.entropyBefore == original.entropyBefore)
      #expect(again.entropyAfter == original.entropyAfter)
      #expect(again.largestAfter == original.largestAfter)
      for rank in 1...12 {
        let complete = try #require(original.row(atRank: rank))
        // A recording does not tell by how much a penalty changed the logit.
        let row = DistributionRow(
          belief: complete.belief, after: complete.after, removedBy: complete.removedBy)
        #expect(again.row(atRank: rank) == row)
        #expect(again.row(of: row.id) == row)
        #expect(again.isKept(atRank: rank) == row.isKept)
        #expect(again.interval(of: row.id) == original.interval(of: row.id))
        #expect(again.cumulativeAfter(atRank: rank) == original.cumulativeAfter(atRank: rank))
      }
      let id = try #require(decision.id)
      #expect(again.interval(of: id) == original.interval(of: id))
      #expect(again.row(of: id) == original.row(of: id))
      #expect(again.token(at: decision.draw.u) == decision.drawn)
      // What was not recorded has no row.
      let known = Set(recording.rows.map(\.rank))
      for rank in 13...40 where !known.contains(rank) {
        #expect(again.row(atRank: rank) == nil)
        #expect(try again.row(of: #require(original.row(atRank: rank)).id) == nil)
        #expect(!again.isKept(atRank: rank))
      }
      #expect(again.cumulativeAfter(atRank: 13) == nil)
      depth += 1
    }
    #expect(depth == 7)
  }

  /// What a server left open is null, as bounds stand beside it; older traces have the middle there, and are read.
  @Test func whatIsOpenIsNoNumber() throws {
    let trace = try TraceSamples.servedTrace()
    #expect(trace.end?.perplexityIsLeast == true && trace.end?.perplexity != nil)
    #expect(trace.lines.contains(#""perplexity":null"#) && trace.lines.contains(#""perplexity_at_least":"#))
    #expect(trace.lines.contains(#""entropy_bits":null"#))
    #expect(try Trace(parsing: trace.lines) == trace)
    let step = try #require(trace.steps.first?.decision)
    let old = trace.lines.replacing(
      #""entropy_bits":null"#, with: #""entropy_bits":\#(step.entropyBits)"#, maxReplacements: 1)
    #expect(try Trace(parsing: old).steps[0].decision.entropyBits == step.entropyBits)
    #expect(!(try TraceSamples.trace().lines.contains(#""entropy_bits":null"#)))
    let session = try GenerationSession(
      predictor: FakePredictor(knownRanks: 12), promptIDs: [3, 1, 4], settings: .with { $0.topP = 0.97 },
      seed: 42)
    let open = try session.trace(
      of: FakePredictor(knownRanks: 12).profile, promptBytes: nil, tokenizer: nil, endsText: { _ in false })
    #expect(open.lines.contains(#""removed_bounds":["#))
    #expect(try Trace(parsing: open.lines) == open)
  }

  @Test func tokensThatMatterAreRowsWhereverTheyStand() throws {
    let trace = try TraceSamples.trace(rowCount: 1)
    for step in trace.steps {
      let ids = step.decision.rows.map(\.token.id)
      #expect(ids.contains(step.token.id))
      #expect(ids.contains { $0 == step.decision.drawnID })
      #expect(step.decision.knownRanks >= 1)
      #expect(step.decision.rows.map(\.rank) == step.decision.rows.map(\.rank).sorted())
    }
    let forced = trace.steps[3]
    #expect(forced.isForced && forced.rank == 31 && forced.token.id != forced.decision.drawnID)
  }

  @Test func aFullContextEndsTheLine() throws {
    let session = try GenerationSession(
      predictor: FakePredictor(contextLength: 5), promptIDs: [3, 1, 4], seed: 1)
    for _ in 0..<3 { try session.advance() }
    let trace = try session.trace(
      of: TraceSamples.model, promptBytes: nil, tokenizer: nil, endsText: { _ in false })
    #expect(trace.steps.count == 3)
    #expect(trace.end?.reason == .context)
    #expect(trace.end?.next == nil)
    #expect(try Trace(parsing: trace.lines) == trace)
  }

  @Test func theEndOfTheTextIsNoPartOfIt() throws {
    let loaded = try LoadedModel.load(.builtIn)
    let tokenizer = try #require(loaded.tokenizer)
    let end = try #require(tokenizer.special.begin)
    let session = try GenerationSession(
      predictor: loaded.predictor, promptIDs: try tokenizer.encode("The end."), seed: 1)
    try session.force(end)
    let trace = try session.trace(
      of: TraceSamples.model, promptBytes: Array("The end.".utf8), tokenizer: tokenizer,
      endsText: { $0 == end })
    #expect(trace.end?.reason == .eos)
    #expect(trace.end?.text == "The end.")
    #expect(trace.steps[0].token.text == "<|endoftext|>")
  }

  /// All tokens of a vocabulary, half characters among them, keep their bytes.
  @Test func tokensKeepTheirBytes() throws {
    let tokenizer = try #require(try LoadedModel.load(.builtIn).tokenizer)
    for id in 0..<tokenizer.vocabularySize {
      let token = TraceToken(id, of: tokenizer)
      #expect(token.bytes == tokenizer.bytes(of: id))
      #expect(TraceToken(id: id, text: token.text, hexadecimal: nil) == token)
      #expect(token.oddBytes == nil)
    }
  }

  @Test func anAddedTokenKeepsItsBytesBesideItsText() throws {
    let odd = TraceToken(id: 39, text: "café", bytes: Array("café".utf8))
    #expect(odd.oddBytes == "636166c3a9")
    var trace = try TraceSamples.trace(rowCount: 2)
    trace.start.tokens[0] = odd
    trace.steps[0].token = odd
    trace.start.prompt = "café"
    #expect(trace.lines.contains(#""bytes":{"39":"636166c3a9"}"#))
    #expect(try Trace(parsing: trace.lines) == trace)
  }
}

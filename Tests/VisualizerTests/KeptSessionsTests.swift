import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

@Suite struct KeptSessionsTests {
  private func entry(
    _ prompt: String, isOfThisModel: Bool = true, lanes: Int = 1, search: SavedSearch? = nil
  ) throws -> KeptEntry {
    let session = try GenerationSession(predictor: FakePredictor(), promptIDs: [5, 6], seed: 1)
    for _ in 0..<4 { try session.advance() }
    let saved = SavedSession(
      model: isOfThisModel ? "fake" : "gpt2", prompt: prompt, promptIDs: [5, 6],
      lanes: [SavedLane](repeating: SavedLane(session), count: lanes), search: search)
    return KeptEntry(
      kept: KeptSession(path: "/nowhere/\(prompt)", session: saved), isOfThisModel: isOfThisModel, age: 720)
  }

  private func listed(_ size: Size = Size(columns: 110, rows: 34)) throws -> AppHarness {
    var app = AppHarness(size: size)
    app.press(.right, .right, .character("R"))
    #expect(app.effects.last == .listKeptSessions)
    app.send(
      .engine(.kept([try entry("The king"), try entry("A fox", isOfThisModel: false), try entry("At last")])))
    return app
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func eachNamesPromptStepsAndTime(columns: Int, rows: Int) throws {
    let app = try listed(Size(columns: columns, rows: rows))
    let lines = app.picture.split(separator: "\n")
    #expect(app.picture.contains("3 kept sessions"))
    for prompt in ["\"The king\"", "\"A fox\"", "\"At last\""] {
      let line = lines.first { $0.contains(prompt) }
      #expect(line?.contains("4 steps") == true)
      #expect(line?.contains("12 min ago") == true)
    }
    #expect(lines.first { $0.contains("A fox") }?.contains("gpt2") == true)
  }

  @Test func enterResumesAndTheTextOnScreenIsKept() throws {
    var app = try listed()
    let text = app.lane.steps
    app.press(.end, .enter)
    #expect(app.lane.promptIDs == [5, 6])
    #expect(app.lane.depth == 4)
    app.press(.character("b"))
    #expect(app.state.branchTree.rows.contains { $0.branch.steps == text })
  }

  /// A search that was open when the program was ended opens again at its step.
  @Test func theOpenSearchComesBack() throws {
    var app = AppHarness()
    let search = SavedSearch(BeamSettings(width: 3, lengthPenalty: 0.6), depth: 5, lane: 0)
    app.send(.engine(.kept([try entry("The king", search: search)])))
    app.press(.enter)
    #expect(app.state.hasBeams && app.lane.depth == 4)
    let beams = try #require(app.state.beams)
    #expect(beams.search.depth == 5 && beams.search.settings.lengthPenalty == 0.6)
    #expect(beams.promptIDs == app.lane.textIDs && beams.search.live.count == 3)
    let run = try BeamRun(
      FakePredictor(), promptIDs: app.lane.textIDs, settings: app.state.fullBeamSettings, limit: 9,
      endOfText: [])
    for _ in 0..<5 { try run.advance() }
    #expect(beams.search.live == run.search.live)
    // More beams than the screen shows are not searched, and closing ends the search.
    app.press(.escape)
    #expect(app.state.beams == nil && app.state.searchToReopen == nil)
    let wide = SavedSearch(BeamSettings(width: 30), depth: 5, lane: 0)
    app.send(.engine(.kept([try entry("The king", search: wide)])))
    app.press(.enter)
    #expect(!app.state.hasBeams && app.state.searchToReopen == nil)
  }

  /// One text takes the place of two, and two that of one.
  @Test func theNumberOfTextsMayChange() throws {
    var app = AppHarness()
    app.press(.right, .character("c"), .right)
    let two = try entry("two", lanes: 2)
    app.send(.engine(.kept([try entry("one"), two])))
    app.pressUnanswered(.enter)
    app.present()
    app.deliver()
    #expect(app.state.lanes.count == 1)
    #expect(app.state.chains.count == 1)
    app.press(.right, .left)
    app.send(.engine(.kept([two])))
    app.pressUnanswered(.enter)
    app.present()
    app.deliver()
    #expect(app.state.lanes.count == 2)
    #expect(app.state.chains.map(\.current) == app.state.lanes.map(\.settings))
    app.press(.tab, .right, .character("c"))
    #expect(app.state.lanes.count == 1)
  }

  /// Prompt, seed and lanes stay as they were.
  @Test func aSessionThatCannotBeResumedChangesNothing() throws {
    var app = AppHarness()
    app.press(.right, .character("c"), .right)
    let (prompt, own, chains) = (app.state.prompt, app.state.ownLane, app.state.chains)
    var foreign = try entry("foreign")
    var saved = foreign.session
    saved.promptIDs = [50_000]
    foreign.kept = KeptSession(path: "/nowhere/foreign", session: saved)
    app.send(.engine(.kept([foreign])))
    app.press(.enter)
    #expect(app.state.message?.contains("does not fit this model") == true)
    #expect(app.state.prompt == prompt && app.state.ownLane == own && app.state.chains == chains)
    #expect(app.state.resumed == nil)
  }

  @Test func twoTextsAreOpenedAtTheStart() {
    var state = AppState(
      size: Size(columns: 110, rows: 34), modelName: "fake", prompt: .ids([3, 1, 4]),
      settings: [SamplingPreset.greedy.settings, SamplingPreset.topK40.settings], seed: 1)
    state.ownLane = 1
    var app = AppHarness(state, running: FakePredictor(), tokenizer: nil)
    #expect(app.state.focus == 1)
    app.press(.right)
    #expect(app.state.lanes.map(\.depth) == [1, 1])
  }

  @Test func anotherModelsSessionSaysHowToOpenIt() throws {
    var app = try listed()
    app.press(.down, .enter)
    #expect(
      app.state.message == "this session is of another model: gpt2-viz --resume -m gpt2 opens it")
    #expect(app.lane.promptIDs == [3, 1, 4])
  }

  /// A folder or file by its name, and what was said to a chat model.
  @Test func aChatIsListedByItsMessageAndItsModelsName() throws {
    var chat = try entry("Hi", isOfThisModel: false)
    var saved = chat.session
    (saved.model, saved.reading) = ("/models/Small-Q4_1.gguf", .chat(system: "Be brief."))
    chat.kept = KeptSession(path: "/nowhere/chat", session: saved)
    var app = AppHarness()
    app.send(.engine(.kept([chat])))
    let line = app.picture.split(separator: "\n").first { $0.contains("\"Hi\"") }
    #expect(line?.contains("  Small-Q4_1.gguf ") == true)
    #expect(Prompt(saved) == .chat(ChatMessage("Hi", system: "Be brief.")))
    saved.reading = .marked
    #expect(Prompt(saved) == .marked("Hi"))
  }

  @Test func deletionAsks() throws {
    var app = try listed()
    app.press(.down, .character("d"), .escape)
    #expect(app.picture.contains("3 kept sessions"))
    app.press(.character("d"), .character("y"))
    #expect(app.effects.last == .discard(try entry("A fox", isOfThisModel: false).kept))
    #expect(app.picture.contains("2 kept sessions"))
    app.press(.escape)
    #expect(app.state.overlay == nil)
  }

  @Test func nothingKeptIsSaid() {
    var app = AppHarness()
    app.send(.engine(.kept([])))
    #expect(app.state.message == "no session is kept; a text of at least one step is kept when you quit")
    app.send(.engine(.kept(nil)))
    #expect(app.state.message == "sessions are not saved in this run")
  }

  @Test(arguments: [80, 110, 200])
  func theOfferFitsTheLastLine(columns: Int) throws {
    var app = AppHarness(size: Size(columns: columns, rows: 24))
    app.state.overlay = .offer(try entry(String(repeating: "Once upon a time ", count: 20)))
    app.present()
    let last = app.picture.split(separator: "\n").last ?? ""
    #expect(last.contains("4 steps, 12 min ago: Enter resumes, R lists all, D discards"), "\(last)")
  }
}

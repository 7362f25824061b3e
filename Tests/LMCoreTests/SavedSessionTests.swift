import Glibc
import ModelTestSupport
import TestSupport
import Testing

@testable import LMCore

@Suite struct SavedSessionTests {
  private func saved(_ session: GenerationSession) -> SavedSession {
    SavedSession(
      model: "fake", prompt: "it \"was\"\n", promptIDs: session.promptIDs, following: session.following,
      lanes: [SavedLane(session)])
  }

  private func restored(_ saved: SavedSession, predictor: FakePredictor = FakePredictor()) throws
    -> GenerationSession
  {
    try GenerationSession(
      predictor: predictor, promptIDs: saved.promptIDs, following: saved.following, restoring: saved.lanes[0])
  }

  /// Wherever the session stands, it stands there again, with all that lies ahead and all that is drawn next.
  @Test(arguments: 0...6)
  func whatIsSavedIsRestoredToTheBit(depth: Int) throws {
    let session = try TraceSamples.session()
    session.jump(toDepth: depth)
    let read = try SavedSession(parsing: Array(saved(session).lines.utf8))
    #expect(read == saved(session))
    let again = try restored(read)
    func compare() throws {
      #expect(again.steps == session.steps)
      #expect(again.lineSteps == session.lineSteps)
      #expect(again.settings == session.settings)
      #expect(again.draw == session.draw)
      let (decision, other) = (try again.decision, try session.decision)
      #expect(decision.id == other.id)
      #expect(decision.distribution.after == other.distribution.after)
    }
    try compare()
    for _ in 0..<8 {
      try session.advance()
      try again.advance()
      try compare()
    }
  }

  /// An open beam search comes back with its settings and its step; the chain and the seed are those of the lane.
  @Test(arguments: BeamTraceSamples.all.indices)
  func anOpenSearchIsKept(index: Int) throws {
    var session = saved(try TraceSamples.session())
    let settings = BeamTraceSamples.all[index].settings
    session.search = SavedSearch(settings, depth: 7, lane: 0)
    let read = try SavedSession(parsing: Array(session.lines.utf8))
    #expect(read == session)
    let search = try #require(read.search)
    var expected = settings.recorded
    (expected.sampling, expected.seed) = (SamplingSettings(), 0)
    #expect(search.settings == expected && search.depth == 7)
    let broken = session.lines.replacing("\"depth\":7", with: "\"depth\":-7")
    let error = #expect(throws: TraceError.self) { try SavedSession(parsing: Array(broken.utf8)) }
    #expect(error?.description.hasPrefix("line 1: \"beam.depth\" must be a whole number") == true)
  }

  @Test func aKnobTurnedAtTheCursorIsKept() throws {
    let session = try TraceSamples.session()
    session.jump(toDepth: 3)
    var settings = session.settings
    settings.topK = 4
    try session.setSettings(settings)
    session.redraw()
    let again = try restored(SavedSession(parsing: Array(saved(session).lines.utf8)))
    #expect(again.settings == settings)
    #expect(again.draw == session.draw)
    #expect(again.lineSteps == session.lineSteps)
  }

  @Test func aFollowedTextIsFollowedAgain() throws {
    let session = try GenerationSession(
      predictor: FakePredictor(), promptIDs: [3, 1], following: [5, 6, 7, 8, 9], seed: 4)
    for _ in 0..<3 { try session.advance() }
    let again = try restored(SavedSession(parsing: Array(saved(session).lines.utf8)))
    #expect(again.steps == session.steps)
    #expect(again.followedCount == 3)
    #expect(try again.decision.followed == 8)
  }

  /// With another model the text is kept, and the tokens that it would not have chosen are marked as forced.
  @Test func theTextStandsAlsoWithAnotherModel() throws {
    let session = try TraceSamples.session()
    let again = try restored(saved(session), predictor: FakePredictor(vocabularySize: 50))
    #expect(again.textIDs == session.textIDs)
    #expect(again.steps != session.steps)
  }

  @Test func lanesAndTheTextSetAsideAreAllSaved() throws {
    let session = try TraceSamples.session()
    var whole = saved(session)
    whole.lanes.append(whole.lanes[0])
    whole.lanes[1].cursor = 2
    whole.lanes[1].steps.removeLast(3)
    whole.setAside = [whole.lanes[0]]
    whole.prompt = nil
    whole.precision = .int8
    whole.setAside[0].last = whole.setAside[0].next
    #expect(try SavedSession(parsing: Array(whole.lines.utf8)) == whole)
  }

  /// How the prompt was written is kept; where it is not plain text, earlier versions find its ids alone.
  @Test(arguments: [.marked, .chat(system: nil), .chat(system: "Be \"brief\".")] as [SavedSession.Reading])
  func howThePromptWasWrittenIsKept(_ reading: SavedSession.Reading) throws {
    var session = saved(try TraceSamples.session())
    session.reading = reading
    let lines = session.lines
    #expect(try SavedSession(parsing: Array(lines.utf8)) == session)
    #expect(lines.contains("\"version\":1,") && lines.contains("\"prompt\":null,"))
  }

  @Test(arguments: [
    ("", "the file is empty; it should begin with a line of type \"session\""),
    ("{\"type\":\"start\"}", "line 1 is not a line of a saved session"),
    (
      "{\"type\":\"session\",\"version\":9}",
      "line 1 says version 9, but this gpt2-viz reads up to version 2; update it"
    ),
    ("{\"type\":\"session\"", "line 1 is not JSON: a comma or closing brace is missing at byte 17"),
  ])
  func whatIsDamagedIsNamed(text: String, sentence: String) {
    let error = #expect(throws: TraceError.self) { try SavedSession(parsing: Array(text.utf8)) }
    #expect(error?.description == sentence)
  }

  // MARK: The folder

  @Test func runningProgramsHaveTheirOwnFilesAndCrashedOnesAreFound() throws {
    let folder = try TemporaryFolder()
    let directory = folder.path + "/state/gpt2-viz"
    let session = saved(try TraceSamples.session())
    var first: SessionStore? = try SessionStore(directory: directory)
    let second = try SessionStore(directory: directory)
    try first?.save(session)
    try second.save(session)
    #expect(try second.newestKept() == nil)
    #expect(names(directory) == ["session-1.jsonl", "session-1.lock", "session-2.jsonl", "session-2.lock"])
    // What a crash leaves: the file, and a lock that nobody holds.
    first = nil
    let third = try SessionStore(directory: directory)
    let crash = try #require(try third.newestKept())
    #expect(crash.session == session)
    // Two programs may offer it; the first that takes it up has it, in its own place.
    let fourth = try SessionStore(directory: directory)
    #expect(try fourth.newestKept() == crash)
    #expect(third.takeUp(crash))
    #expect(!fourth.takeUp(crash))
    #expect(try fourth.newestKept() == nil)
    #expect(files(directory) == ["session-1.jsonl", "session-2.jsonl"])
    second.forget()
    third.forget()
    #expect(files(directory) == [])
  }

  /// A text that another one replaces keeps its file, and so does the text that runs while a kept one is taken up.
  @Test func theRunningSessionIsKeptBesideOthers() throws {
    let folder = try TemporaryFolder()
    let store = try SessionStore(directory: folder.path)
    var (first, second) = (saved(try TraceSamples.session()), saved(try TraceSamples.session()))
    (first.prompt, second.prompt) = ("first", "second")
    try store.save(first)
    let path = try #require(store.keepRunning())
    #expect(path == folder.path + "/kept-1.jsonl")
    #expect(store.keepRunning() == nil)
    try store.save(second)
    #expect(store.keptSessions.map(\.session) == [first])
    #expect(store.takeUp(KeptSession(path: path, session: first)))
    #expect(store.keptSessions.map(\.session) == [second])
    // The place of the first now holds the second: neither is it taken for the first, nor deleted as such.
    #expect(!store.takeUp(KeptSession(path: path, session: first)))
    store.discard(KeptSession(path: path, session: first))
    #expect(store.keptSessions[0].secondsAgo.map { $0 < 60 } == true)
    #expect(files(folder.path) == ["kept-1.jsonl", "session-1.jsonl"])
  }

  /// The oldest one makes room.
  @Test func twentySessionsAreKept() throws {
    let folder = try TemporaryFolder()
    let store = try SessionStore(directory: folder.path)
    var session = saved(try TraceSamples.session())
    for index in 1...22 {
      session.prompt = "\(index)"
      try store.save(session)
      _ = store.keepRunning()
      usleep(5_000)
    }
    #expect(store.keptSessions.map(\.session.prompt) == (3...22).reversed().map { "\($0)" })
    // The one that is taken up and the one that was running change places: none is lost.
    session.prompt = "running"
    try store.save(session)
    #expect(store.takeUp(try #require(store.keptSessions.last)))
    #expect(
      store.keptSessions.map(\.session.prompt) == ["running"] + (4...22).reversed().map { "\($0)" })
  }

  /// A power cut ends every program at once.
  @Test func sessionsThatBrokeOffTogetherAreAllKept() throws {
    let folder = try TemporaryFolder()
    let directory = folder.path + "/state"
    var sessions: [SavedSession] = []
    var stores: [SessionStore] = []
    for name in ["a", "b", "c"] {
      var session = saved(try TraceSamples.session())
      session.prompt = name
      sessions.append(session)
      stores.append(try SessionStore(directory: directory))
      try stores.last?.save(session)
      // The clock of a file system may have steps of some milliseconds.
      usleep(20_000)
    }
    // The one that was saved last is offered first.
    try stores[0].save(sessions[0])
    stores = []
    let store = try SessionStore(directory: directory)
    for expected in [0, 2, 1] {
      let crash = try #require(try store.newestKept())
      #expect(crash.session == sessions[expected])
      store.discard(crash)
    }
    #expect(try store.newestKept() == nil)
  }

  @Test func moreProgramsThanPlacesAreToldSo() throws {
    let folder = try TemporaryFolder()
    var stores: [SessionStore] = []
    for _ in 0..<8 { stores.append(try SessionStore(directory: folder.path)) }
    #expect(
      throws: SessionStoreError(
        path: folder.path, reason: "8 running programs save their sessions there already")
    ) {
      try SessionStore(directory: folder.path)
    }
    stores = []
    _ = try SessionStore(directory: folder.path)
  }

  @Test func halfWrittenFilesAreSweptUp() throws {
    let folder = try TemporaryFolder()
    try folder.write("session-1.jsonl.123.tmp", [0])
    try folder.write("session-2.jsonl.124.tmp", [0])
    let store = try SessionStore(directory: folder.path)
    #expect(try store.newestKept() == nil)
    // The place of another program is not touched.
    #expect(names(folder.path) == ["session-1.lock", "session-2.jsonl.124.tmp"])
  }

  @Test func aSessionThatCannotBeReadIsSaidOnceAndSetAside() throws {
    let folder = try TemporaryFolder()
    try folder.write("crashed-1.jsonl", Array("{\"type\":".utf8))
    let store = try SessionStore(directory: folder.path)
    let error = #expect(throws: SavedSessionError.self) { try store.newestKept() }
    #expect(
      error?.description.hasPrefix(
        "the saved session cannot be read: \(folder.path)/unreadable.jsonl: line 1 is not JSON: ") == true)
    #expect(try store.newestKept() == nil)
    #expect(files(folder.path) == ["unreadable.jsonl"])
    // The next does not take its place.
    try folder.write("crashed-1.jsonl", Array("{".utf8))
    _ = #expect(throws: SavedSessionError.self) { try store.newestKept() }
    #expect(files(folder.path) == ["unreadable-2.jsonl", "unreadable.jsonl"])
  }

  /// Whoever goes back to an older program loses nothing that the newer one saved.
  @Test func aNewerProgramsSessionStaysInItsPlace() throws {
    let folder = try TemporaryFolder()
    try folder.write("crashed-2.jsonl", Array("{\"type\":\"session\",\"version\":99}\n".utf8))
    let store = try SessionStore(directory: folder.path)
    let error = #expect(throws: SavedSessionError.self) { try store.newestKept() }
    #expect(error?.path == folder.path + "/crashed-2.jsonl")
    #expect(error?.problem == .newerVersion(line: 1, version: 99, known: SavedSession.version))
    let old = saved(try TraceSamples.session())
    try folder.write("crashed-1.jsonl", old.lines)
    #expect(try store.newestKept()?.session == old)
    #expect(files(folder.path) == ["crashed-1.jsonl", "crashed-2.jsonl"])
  }

  @Test func onlyItsOwnerReadsASession() throws {
    let folder = try TemporaryFolder()
    let store = try SessionStore(directory: folder.path + "/state")
    try store.save(saved(TraceSamples.session()))
    for (name, mode) in [("/state/session-1.jsonl", 0o600), ("/state", 0o700)] as [(String, mode_t)] {
      var status = stat()
      let result = stat(folder.path + name, &status)
      #expect(result == 0)
      #expect(status.st_mode & 0o777 == mode, "\(name)")
    }
  }

  @Test func theFolderIsThatOfTheSpecification() throws {
    let home = try TemporaryFolder().path
    #expect(SessionStore.directory(["XDG_STATE_HOME": "/s", "HOME": home]) == "/s/gpt2-viz")
    #expect(
      SessionStore.directory(["XDG_STATE_HOME": "relative", "HOME": "/"]) == "/.local/state/gpt2-viz")
    #expect(SessionStore.directory(["HOME": "/nonexistent/home"]) == nil)
    #expect(SessionStore.directory([:]) == nil)
  }

  @Test func aFolderThatCannotBeIsOneSentence() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", Array("x".utf8))
    let error = #expect(throws: SessionStoreError.self) {
      try SessionStore(directory: folder.path + "/file/state")
    }
    #expect(
      error?.description
        == "the session is not saved: cannot write \(folder.path)/file: Not a directory")
  }

  private func files(_ directory: String) -> [String] { names(directory).filter { $0.hasSuffix(".jsonl") } }

  private func names(_ directory: String) -> [String] { FileSystem.names(in: directory) }
}

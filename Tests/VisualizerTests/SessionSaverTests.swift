import Foundation
import LMCore
import ModelTestSupport
import TestSupport
import Testing

@testable import Visualizer

@Suite struct SessionSaverTests {
  private func saved(_ prompt: [Int], steps: Int) throws -> SavedSession {
    let session = try GenerationSession(predictor: FakePredictor(), promptIDs: prompt, seed: 1)
    for _ in 0..<steps { try session.advance() }
    return SavedSession(model: "fake", prompt: nil, promptIDs: prompt, lanes: [SavedLane(session)])
  }

  private func sessions(in folder: TemporaryFolder) throws -> [String: SavedSession] {
    var found: [String: SavedSession] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name.hasSuffix(".jsonl") {
      found[name] = try SavedSession(
        parsing: [UInt8](Data(contentsOf: URL(filePath: folder.path + "/" + name))))
    }
    return found
  }

  private func saver(in folder: TemporaryFolder) throws -> (SessionSaver, KeptSession) {
    do {
      let store = try SessionStore(directory: folder.path)
      try store.save(try saved([5, 6], steps: 4))
      _ = store.keepRunning()
    }
    let store = try SessionStore(directory: folder.path)
    let kept = try #require(try store.newestKept())
    return (SessionSaver(store, model: "fake", precision: .float32, newest: kept), kept)
  }

  /// However soon the resumed session goes on, its file is the kept one's.
  @Test(arguments: 1...20)
  func aResumedSessionHasOneFile(repetition: Int) throws {
    let folder = try TemporaryFolder()
    let (saver, kept) = try saver(in: folder)
    saver.takeUp(kept)
    let next = try saved([5, 6], steps: 5)
    saver.note(next) { _ in }
    saver.close(keeping: true)
    #expect(try sessions(in: folder) == ["session-1.jsonl": next])
  }

  /// A search behind a text without steps is worth a file; once it is closed, nothing is left to keep.
  @Test func anOpenSearchIsSavedAndAClosedOneIsNot() throws {
    let folder = try TemporaryFolder()
    for isOpen in [true, false] {
      let saver = SessionSaver(
        try SessionStore(directory: folder.path), model: "fake", precision: .float32, newest: nil)
      var session = try saved([7], steps: 0)
      session.search = SavedSearch(BeamSettings(width: 2), depth: 3, lane: 0)
      saver.note(session) { _ in }
      let open = session
      if !isOpen {
        // Not before the open search was written.
        while try sessions(in: folder).count < 2 { usleep(10_000) }
        session.search = nil
        saver.note(session) { _ in }
      }
      saver.close(keeping: true)
      #expect(try sessions(in: folder).values.map(\.search) == [open.search])
    }
  }

  /// The text that was on screen before keeps a file of its own, and takes it up when it comes back.
  @Test func theTextBeforeKeepsItsFile() throws {
    let folder = try TemporaryFolder()
    let (saver, kept) = try saver(in: folder)
    let before = try saved([7], steps: 3)
    saver.note(before) { _ in }
    saver.takeUp(kept)
    let next = try saved([5, 6], steps: 5)
    saver.note(next) { _ in }
    let again = try saved([7], steps: 6)
    saver.note(again) { _ in }
    saver.close(keeping: true)
    #expect(try sessions(in: folder) == ["kept-2.jsonl": next, "session-1.jsonl": again])
  }
}

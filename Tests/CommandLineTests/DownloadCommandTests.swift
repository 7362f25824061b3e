import Foundation
import HubTestSupport
import LMCore
import TerminalTestSupport
import Testing

@Suite struct DownloadCommandTests {
  @Test func fetchesAModelThatIsThenFoundByItsName() throws {
    let hub = try StorytellerHub("some/storyteller")
    let run = try ProgramRun(["download", "some/storyteller"], environment: hub.environment)
    #expect(run.code == 0)
    #expect(run.output == hub.snapshot(of: "some/storyteller") + "\n")
    #expect(
      run.errors == """
        gpt2-viz: some/storyteller at 0123456: 4 files, 11.9 MB
        gpt2-viz: vocab.json: done
        gpt2-viz: merges.txt: done
        gpt2-viz: model.safetensors: done

        """)
    let story = ["generate", "Once upon a time", "-n", "12", "--greedy"]
    let told = try ProgramRun(story + ["-m", "some/storyteller"], environment: hub.environment)
    #expect(told.code == 0, "\(told.errors)")
    #expect(told.output == (try ProgramRun(story).output))
    // A second time there is nothing to do, and nothing to say of single files.
    let fetches = hub.fetchCount
    let again = try ProgramRun(["download", "some/storyteller", "--quiet"], environment: hub.environment)
    #expect((again.code, again.output, again.errors) == (0, run.output, ""))
    #expect(hub.fetchCount == fetches)
  }

  @Test func modelsListsTheCache() throws {
    let hub = try StorytellerHub("some/storyteller", "gpt2")
    for name in ["some/storyteller", "gpt2"] {
      #expect(try ProgramRun(["download", name, "-q"], environment: hub.environment).code == 0)
    }
    let broken = hub.home.path + "/hub/models--a--broken/snapshots/" + StorytellerHub.commit
    let other = hub.home.path + "/hub/models--a--bert/snapshots/" + StorytellerHub.commit
    for (folder, type) in [(broken, "gpt2"), (other, "bert")] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data("{\"model_type\":\"\(type)\"}".utf8).write(to: URL(filePath: folder + "/config.json"))
    }
    let run = try ProgramRun(["models", "--format", "json"], environment: hub.environment)
    let models = try #require(try run.json()["models"]?.array)
    #expect(
      models.compactMap { $0["name"]?.string }
        == ["storyteller", "a/broken@" + StorytellerHub.commit, "gpt2", "some/storyteller"])
    let fetched = try #require(models.last)
    #expect(fetched["source"] == "cache")
    #expect(fetched["path"] == JSON(hub.snapshot(of: "some/storyteller")))
    for member in ["parameters", "dtype", "bytes"] { #expect(fetched[member] == models[0][member]) }
    #expect(models[1]["parameters"] == .null)
    #expect(models[1]["problem"]?.string?.contains("model.safetensors") == true)
    let table = try ProgramRun(["models"], environment: hub.environment).output
    #expect(table.contains("unusable: "))
    #expect(table.split(separator: "\n").count == 5)
    // The tokenizer alone is found as well.
    let ids = try ProgramRun(
      ["tokenize", "Once", "-m", "gpt2", "--format", "json"], environment: hub.environment
    ).json()["ids"]
    #expect(ids == (try ProgramRun(["tokenize", "Once", "--format", "json"]).json()["ids"]))
  }

  @Test func aModelThatIsNotThereIsToldHowToGet() throws {
    let run = try ProgramRun(["next", "a", "-m", "some/model"], environment: ["HF_HOME": "/nonexistent"])
    #expect(run.code == 1)
    #expect(run.errors.contains("'gpt2-viz download some/model'"))
    #expect(run.errors.contains("/nonexistent/hub"))
  }

  @Test(arguments: [[], [""], ["gpt2@"], ["gpt2", "distilgpt2"], ["gpt2", "--top", "3"]])
  func wrongWords(words: [String]) throws {
    let run = try ProgramRun(["download"] + words, environment: ["HF_ENDPOINT": "http://127.0.0.1:1"])
    #expect(run.code == 2, "\(run.errors)")
    #expect(run.output == "")
  }

  @Test(arguments: ["some/thing", "a//b", "gpt2@v9"])
  func failuresAreOneSentence(name: String) throws {
    let hub = try StorytellerHub("gpt2")
    let run = try ProgramRun(["download", name], environment: hub.environment)
    #expect(run.code == 1)
    #expect(run.output == "")
    #expect(run.errors.hasPrefix("gpt2-viz: "))
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
  }

  @Test func aModelWithoutVocabularyIsSaidToBe() throws {
    let hub = try StorytellerHub()
    var repository = hub.repository
    repository.files["vocab.json"] = nil
    repository.files["merges.txt"] = nil
    hub.server.publish(repository, as: "some/ids")
    let run = try ProgramRun(["download", "some/ids", "-q"], environment: hub.environment)
    #expect(run.code == 0)
    #expect(run.errors == "gpt2-viz: some/ids has no vocabulary: it takes --ids in a text's place\n")
    let next = ["next", "--ids", "1 2", "-m", "some/ids"]
    #expect(try ProgramRun(next, environment: hub.environment).code == 0)
  }

  @Test func goesThroughAProxy() throws {
    let hub = try StorytellerHub("some/storyteller")
    let environment = hub.environment.merging([
      "HF_ENDPOINT": "http://hub.invalid", "http_proxy": hub.server.endpoint,
    ]) { $1 }
    // What lies elsewhere is reached without it.
    let run = try ProgramRun(
      ["download", "some/storyteller", "-q"],
      environment: environment.merging(["no_proxy": "127.0.0.1"]) { $1 })
    #expect(run.code == 0, "\(run.errors)")
    #expect(hub.server.hubRequests.allSatisfy { $0.host == "hub.invalid" })
    #expect(hub.server.contentRequests.allSatisfy { $0.host == nil })
  }

  // MARK: On a terminal

  @Test(arguments: [24, 50, 80, 120])
  func showsABarThatFits(columns: Int) throws {
    let hub = try StorytellerHub("some/storyteller")
    hub.server.setHabit { $0.path.contains("safetensors") ? .slow(bytesPerSecond: 8_000_000) : nil }
    let pty = try Pty(
      ProgramRun.executable, ["download", "some/storyteller"], columns: columns, rows: 30,
      environment: hub.environment)
    #expect(pty.wait(forOutput: " of 11.9 MB"))
    #expect(pty.exitStatus() == 0)
    // One line of progress, however often it was drawn, and none that was broken in two.
    let lines = pty.screen.text.split(separator: "\n").filter {
      $0.contains(" of 11.9 MB") && !$0.contains("gpt2-viz")
    }
    #expect(lines.count == 1, "\(pty.screen.text)")
    #expect(lines.first?.contains("11.9 MB of 11.9 MB") == true)
    if columns >= 50 { #expect(lines.first?.contains("100%") == true) }
    if columns >= 80 { #expect(lines.first?.contains("████████████████████") == true) }
  }

  @Test func controlCEndsItInWordsAndTheNextRunGoesOn() throws {
    let hub = try StorytellerHub("some/storyteller")
    hub.server.setHabit { $0.path.contains("safetensors") ? .slow(bytesPerSecond: 1_000_000) : nil }
    let pty = try Pty(
      ProgramRun.executable, ["download", "some/storyteller"], columns: 100, rows: 30,
      environment: hub.environment)
    try #require(pty.wait(forOutput: "MB of"))
    pty.send("\u{3}")
    #expect(pty.exitStatus() == 128 + SIGINT)
    #expect(pty.output.contains("the same command goes on from there"))
    hub.server.setHabit(nil)
    #expect(try ProgramRun(["download", "some/storyteller"], environment: hub.environment).code == 0)
    let range = try #require(hub.server.contentRequests.last).rangeStart
    #expect(try #require(range) > 0)
  }

  // MARK: Killed

  /// The network stumbles, and the program is killed at moments of chance: what is then in the cache under its name is
  /// complete or not there.
  @Test func survivesTwentyKills() throws {
    let hub = try StorytellerHub("some/storyteller")
    hub.server.setHabit { request in
      guard request.path.contains("safetensors") else { return nil }
      switch Int.random(in: 0..<10) {
      case 0: return .status(503)
      case 1: return .cut(after: .random(in: 0..<100_000))
      // Slow enough that twenty runs together cannot reach the end.
      default: return .slow(bytesPerSecond: 1_000_000)
      }
    }
    var delays: [Double] = []
    let weights = hub.snapshot(of: "some/storyteller") + "/model.safetensors"
    for round in 0..<20 {
      let pty = try Pty(
        ProgramRun.executable, ["download", "some/storyteller"], columns: 100, rows: 30,
        environment: hub.environment)
      // Half of them at any moment, the others while the large file comes.
      if round.isMultiple(of: 2) { #expect(pty.wait(forOutput: " of 11.9 MB"), "\(pty.output)") }
      delays.append(.random(in: 0...0.25))
      _ = pty.wait(seconds: delays.last ?? 0) { _ in false }
      pty.signal(SIGKILL)
      #expect(pty.exitStatus() == 128 + SIGKILL, "\(delays)")
      #expect(!FileManager.default.fileExists(atPath: weights), "\(delays)")
      let models = try ProgramRun(["models", "--format", "json"], environment: hub.environment).json()
      #expect(models["models"]?.array?.contains { $0["source"] == "cache" && $0["problem"] == nil } == false)
    }
    hub.server.setHabit(nil)
    hub.server.forgetRequests()
    let run = try ProgramRun(["download", "some/storyteller"], environment: hub.environment)
    #expect(run.code == 0, "\(run.errors), after \(delays)")
    // What the killed runs brought counts.
    #expect(try #require(hub.server.contentRequests.first?.rangeStart) > 0)
    for name in StorytellerHub.files {
      let path = hub.snapshot(of: "some/storyteller") + "/" + name
      #expect(
        Array(try Data(contentsOf: URL(filePath: path))) == hub.repository.files[name]?.bytes, "\(name)")
    }
    let leftovers = FileManager.default.enumerator(atPath: hub.home.path)?.compactMap { $0 as? String } ?? []
    #expect(leftovers.filter { $0.hasSuffix(".incomplete") || $0.hasSuffix(".tmp") } == [], "\(delays)")
  }

  @Test func twoAtATimeShareTheWork() throws {
    let hub = try StorytellerHub("some/storyteller")
    hub.server.setHabit { $0.path.contains("safetensors") ? .slow(bytesPerSecond: 6_000_000) : nil }
    let programs = try (0..<2).map { _ in
      try Pty(
        ProgramRun.executable, ["download", "some/storyteller"], columns: 100, rows: 30,
        environment: hub.environment)
    }
    for program in programs { #expect(program.exitStatus(seconds: 30) == 0) }
    #expect(hub.server.contentRequests.count == 1)
  }
}

import HubTestSupport
import LMCore
import TestSupport
import Testing

/// Options and sentences of commands over a model behind a server, which is a fake one.
@Suite struct ServedOptionTests {
  /// What only a model on this machine takes would be read by nobody. In the environment it is a default.
  @Test(arguments: [["--threads", "2"], ["--precision", "int8"], ["--context", "100"]])
  func optionsOfAModelHereAreRefused(option: [String]) throws {
    let server = try FakeModelServer(.vLLM)
    let words = ["next", "-m", server.address, "AB", "--top", "1"]
    let run = try ProgramRun(words + option)
    #expect(run.code == 2 && run.output == "")
    #expect(
      run.errors.hasPrefix(
        "gpt2-viz: \(option[0]) is for a model on this machine, but \(server.address.dropFirst(7)) is a server: leave it out\n"
      ), "\(run.errors)")
    let variable = "GPT2_VIZ_" + option[0].dropFirst(2).uppercased()
    let other = try ProgramRun(words, environment: [variable: option[1]])
    #expect(other.code == 0, "\(other.errors)")
    // Of two models one may be here.
    let beside = try ProgramRun(
      ["-m", server.address, "--compare-model", "/nonexistent/folder", "--plain", "AB"] + option)
    #expect(!beside.errors.contains("is for a model on this machine"), "\(beside.errors)")
    withExtendedLifetime(server) {}
  }

  /// A wait is said where nobody sees a line of progress, too.
  @Test func aWaitForAServerIsSaid() throws {
    let server = try FakeModelServer(.vLLM)
    let loading = FakeAnswer(503, #"{"error":{"message":"Loading model"}}"#)
    server.misbehave([loading, loading, loading], at: "/v1/models")
    let run = try ProgramRun(["next", "-m", server.address, "AB", "--top", "1"])
    #expect(run.code == 0)
    #expect(
      run.errors.hasPrefix(
        "gpt2-viz: \(server.address.dropFirst(7)) is still loading its model: waiting for up to 60 seconds; Ctrl-C stops\n"
      ), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count { $0.contains("loading") } == 1)
    withExtendedLifetime(server) {}
  }

  @Test func aServerIsListedAndNotAsked() throws {
    let server = try FakeModelServer(.vLLM)
    let run = try ProgramRun(["models", "-m", server.address])
    #expect(run.code == 0)
    let line = run.output.split(separator: "\n").first { $0.hasPrefix(server.address) }
    #expect(line?.contains(" server ") == true, "\(run.output)")
    #expect(server.requests.isEmpty)
    withExtendedLifetime(server) {}
  }

  @Test func aBeginningThatTheServerDoesNotNameIsSaid() throws {
    let server = try FakeModelServer(.vLLM)
    let run = try ProgramRun(["score", "-m", server.address, "--bos", "AB"])
    #expect(run.code == 1)
    #expect(run.errors.contains("names no token that begins texts; leave --bos out"), "\(run.errors)")
    #expect(!run.errors.contains("empty"))
    withExtendedLifetime(server) {}
  }

  /// llama-server tells all ranks; `next` does not need them.
  @Test(arguments: [(ServerKind.llamaServer, "was not asked for"), (.vLLM, "did not tell")])
  func whatWasNotAskedForIsNotUntold(kind: ServerKind, words: String) throws {
    let server = try FakeModelServer(kind, FakeServedModel(vocabularySize: 1500))
    let run = try ProgramRun(["next", "-m", server.address, "AB", "--top", "3"])
    #expect(run.output.contains("in tokens that the server \(words)"), "\(run.output)")
    withExtendedLifetime(server) {}
  }
}

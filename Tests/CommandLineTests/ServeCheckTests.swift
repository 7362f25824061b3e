import HubTestSupport
import LMCore
import Testing

/// The commands over a model behind a server, which is a fake one.
@Suite struct ServeCheckTests {
  private func check(_ server: FakeModelServer, _ words: [String] = [], key: String? = nil) throws
    -> ProgramRun
  {
    try ProgramRun(
      ["serve-check", server.address] + words, environment: key.map { ["GPT2_VIZ_SERVER_KEY": $0] } ?? [:])
  }

  @Test func llamaServerTellsEverything() throws {
    let server = try FakeModelServer(.llamaServer)
    let report = try check(server, ["--format", "json"]).json()
    #expect(report["kind"] == "llama-server")
    #expect(report["version"] == "b1-fake")
    #expect(report["model"] == "fake")
    #expect(report["vocab_size"] == JSON(300))
    #expect(report["context"] == JSON(63))
    #expect(report["ranks"] == JSON(300))
    #expect(report["ids"] == true)
    #expect(report["lanes_in_one_request"] == true)
    #expect(report["prompt_log_probabilities"] == false)
    #expect(abs(try #require(report["told_mass"]?.double) - 1) < 1e-3)
    #expect(report["steps"]?.array?.compactMap { $0["ranks"]?.int } == [1, 20, 300])
    withExtendedLifetime(server) {}
  }

  @Test func vLLMTellsTwenty() throws {
    let server = try FakeModelServer(.vLLM)
    let run = try check(server)
    #expect(run.code == 0)
    for words in [
      "server                vllm 0.32.0 at http://127.0.0.1:", "model                 fake",
      "vocabulary            300 tokens, named by the server", "reads up to           63 tokens",
      "ranks                 the first 20; here they have ", "a given text          in one request\n",
      "asked again           the same numbers", "a step with 20 ranks",
    ] {
      #expect(run.output.contains(words), "\(words)\n\(run.output)")
    }
    #expect(run.errors.contains("tells the 20 most probable of 300 tokens"))
    withExtendedLifetime(server) {}
  }

  @Test func aWrongAddressIsOneSentence() throws {
    for words in [[], ["storyteller"]] {
      let run = try ProgramRun(["serve-check"] + words)
      #expect(run.code == 2)
      #expect(run.errors.hasPrefix("gpt2-viz: serve-check takes the address of one server"))
    }
    let server = try FakeModelServer(.llamaServer, key: "sk-secret")
    let refused = try check(server)
    #expect(refused.code == 1)
    #expect(refused.errors.contains("wants a key: set GPT2_VIZ_SERVER_KEY to it."))
    let wrong = try check(server, key: "sk-wrong")
    #expect(wrong.errors.contains("refuses the key"))
    #expect(!wrong.errors.contains("sk-wrong"))
    #expect(try check(server, key: "sk-secret").code == 0)
    let plain = try ProgramRun(["serve-check", "http://192.0.2.1:8080"])
    #expect(plain.errors.contains("use https, or --insecure"))
  }

  // MARK: Other commands

  @Test func nextTellsWhatIsNotKnown() throws {
    let server = try FakeModelServer(.vLLM)
    let words = ["next", "-m", server.address, "AB", "--top", "3"]
    let table = try ProgramRun(words)
    #expect(table.code == 0)
    #expect(table.output.contains("in tokens that the server did not tell"))
    #expect(table.output.contains("ln p"))
    let report = try JSON(parsing: ProgramRun(words + ["--format", "json"]).output)
    #expect(report["before"]?["known_ranks"] == JSON(20))
    let rest = try #require(report["before"]?["rest_mass"]?.array?.compactMap { $0.double })
    #expect(rest.count == 2 && rest[0] > 0.01 && rest[0] <= rest[1])
    // The last stage of its own takes what is known.
    let known = try JSON(parsing: ProgramRun(words + ["--known-only", "--format", "json"]).output)
    #expect(known["order"]?.array?.last == "known")
    #expect(known["after"]?["kept"] == JSON(20))
    withExtendedLifetime(server) {}
  }

  @Test func whatNeedsWholeDistributionsIsRefusedByName() throws {
    let server = try FakeModelServer(.vLLM)
    let steps = try ProgramRun(["next", "-m", server.address, "AB", "--typical", "0.5"])
    #expect(steps.code == 1)
    #expect(steps.errors.contains("The step typical-p needs all tokens, and the server tells the first 20"))
    let logits = try ProgramRun(["next", "-m", server.address, "AB", "--repetition-penalty", "1.2"])
    #expect(logits.errors.contains("repetition penalty works on logits"))
    let whole = try ProgramRun(["logits", "-m", server.address, "AB"])
    #expect(whole.code == 1)
    #expect(whole.errors.contains("runs on a server, which does not tell whole distributions"))
    withExtendedLifetime(server) {}
  }

  @Test func aDrawThatNobodyToldStopsGenerate() throws {
    let flat = FakeServedModel(logits: { ids in (0..<300).map { Float(($0 * 37 + ids.count) % 300) / 300 } })
    let server = try FakeModelServer(.vLLM, flat)
    let run = try ProgramRun(["generate", "-m", server.address, "AB", "-n", "20", "--seed", "1"])
    #expect(run.code == 1)
    #expect(run.errors.contains("falls among the tokens that the server does not tell, below rank 20"))
    let known = try ProgramRun(
      ["generate", "-m", server.address, "AB", "-n", "20", "--seed", "1", "--known-only"])
    #expect(known.code == 0)
    withExtendedLifetime(server) {}
  }
}

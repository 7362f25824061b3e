import HubTestSupport
import LMCore
import TestSupport
import Testing

/// The commands over a model behind a server, which is a fake one.
@Suite struct ServeCheckTests {
  private func check(_ server: FakeModelServer, _ words: [String] = [], key: String? = nil) throws
    -> ProgramRun
  {
    try ProgramRun(
      ["serve-check", server.address] + words, environment: key.map { ["GPT2_VIZ_SERVER_KEY": $0] } ?? [:])
  }

  /// What a command prints as JSON; a served model's note goes to standard error.
  private func answer(_ words: [String]) throws -> JSON {
    try JSON(parsing: ProgramRun(words + ["--format", "json"]).output)
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
    #expect(report["told_mass"]?.double == 1 && report["rest_mass"]?.doubles == [0, 0])
    #expect(report["steps"]?.array?.compactMap { $0["ranks"]?.int } == [1, 20, 300])
    #expect(report["repeats_itself"] == true)
    // Once it was asked to leave out what it has kept.
    #expect(
      server.requests.count { String(decoding: $0.body, as: UTF8.self).contains(#""cache_prompt":false"#) }
        == 1)
    let table = try check(server).output
    let words = table.split { " \n".contains($0) }.joined(separator: " ")
    #expect(words.contains("read anew the same numbers here; in general"), "\(table)")
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
    let report = try answer(words)
    #expect(report["before"]?["known_ranks"] == JSON(20))
    let rest = try #require(report["before"]?["rest_mass"]?.array?.compactMap { $0.double })
    #expect(rest.count == 2 && rest[0] > 0.01 && rest[0] <= rest[1])
    // The last stage of its own takes what is known.
    let known = try answer(words + ["--known-only"])
    #expect(known["order"]?.array?.last == "known")
    #expect(known["after"]?["kept"] == JSON(20))
    withExtendedLifetime(server) {}
  }

  /// A first rank that leaves less than the sums have digits for, and more rows than are told.
  @Test(arguments: [("1", 30.0), ("3", 30), ("20", 30), ("300", 30), ("300", 2), ("1000", 2)])
  func aHeadOfAnyLengthHasATable(top: String, lead: Double) throws {
    let server = try FakeModelServer(
      .vLLM,
      FakeServedModel(logits: { _ in (0..<300).map { $0 == 65 ? Float(lead) : Float($0 % 7) / 10 } }))
    let run = try ProgramRun(["next", "-m", server.address, "AB", "--top", top])
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("more token"))
    #expect(run.output.contains("kept 300 of 300 tokens"))
    withExtendedLifetime(server) {}
  }

  /// What a head leaves open has both bounds: in the table of the stages, in the summary, and in JSON.
  @Test func openNumbersHaveBounds() throws {
    let flat = FakeServedModel(logits: { _ in (0..<300).map { Float(($0 * 37) % 300) / 300 } })
    let server = try FakeModelServer(.vLLM, flat)
    let words = ["next", "-m", server.address, "AB", "--top", "3", "-p", "0.9"]
    let table = try ProgramRun(words).output
    let stage = try #require(table.split(separator: "\n").first { $0.hasPrefix("top-p 0.90 ") })
    #expect(stage.contains("removes ") && stage.contains(" to "), "\(stage)")
    #expect(table.contains("kept at least "))
    let json = try answer(words)
    let kept = try #require(json["after"]?["kept_bounds"]?.array?.compactMap { $0.int })
    #expect(kept.count == 2 && kept[0] == json["after"]?["kept"]?.int && (kept[0]...300).contains(kept[1]))
    #expect(stage.contains(" \(kept[0]) to \(kept[1]) "), "\(stage)")
    for side in ["before", "after"] {
      #expect(json[side]?["entropy_bits"] == .null && json[side]?["entropy_bounds"]?.doubles?.count == 2)
    }
    for name in ["entropy_bounds", "kept_mass_bounds"] {
      let bounds = try #require(json["after"]?[name]?.doubles, "\(name)")
      #expect(bounds.count == 2 && bounds[0] < bounds[1])
    }
    let row = try #require(json["top"]?.array?.first)
    #expect(try #require(row["after_most"]?.double) > (try #require(row["after"]?.double)))
    // What is certain has none.
    let certain = try answer(["next", "-m", server.address, "AB", "-k", "5"])
    for name in ["kept_bounds", "entropy_bounds", "kept_mass_bounds"] {
      #expect(certain["after"]?[name] == nil, "\(name)")
    }
    #expect(certain["top"]?.array?.first?["after_most"] == nil)
    withExtendedLifetime(server) {}
  }

  @Test func scoreNamesTheTokensAndBoundsTheEntropy() throws {
    let server = try FakeModelServer(.vLLM)
    let json = try answer(["score", "-m", server.address, "--ids", "262,258,260"])
    let tokens = try #require(json["tokens"]?.array)
    #expect(tokens.compactMap { $0["piece"]?.string } == [" word3", " word1", " word2"])
    let bounds = try #require(tokens[1]["entropy_bounds"]?.doubles)
    #expect(bounds[0] < bounds[1])
    #expect(tokens[1]["entropy_bits"] == .null)
    withExtendedLifetime(server) {}
  }

  /// In CSV a column stays empty where its number is not certain, and two at the end have the bounds.
  @Test func openNumbersAreNoNumbersInCSV() throws {
    let server = try FakeModelServer(.vLLM)
    func table(_ words: [String]) throws -> [[Substring]] {
      try ProgramRun(["generate", "-m", server.address, "AB", "-n", "3", "--format", "csv"] + words)
        .output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }
    let rows = try table(["--known-only", "--seed", "1"])
    let names = rows[0].map(String.init)
    #expect(names.prefix(13).suffix(3) == ["entropy_bits", "kept", "kept_mass"])
    #expect(
      names.dropFirst(13) == [
        "after_at_least", "after_at_most", "entropy_bits_at_least", "entropy_bits_at_most", "kept_at_least",
        "kept_at_most", "kept_mass_at_least", "kept_mass_at_most",
      ])
    #expect(rows.count == 4)
    for row in rows.dropFirst() {
      // A piece may hold a comma; these columns are counted from the end.
      let end = row.suffix(11).map(String.init)
      #expect(end[0].isEmpty && !end[1].isEmpty && !end[2].isEmpty)
      let bounds = end[5...6].compactMap { Double($0) }
      #expect(bounds.count == 2 && bounds[0] < bounds[1], "\(row)")
      #expect([3, 4, 7, 8, 9, 10].allSatisfy { end[$0].isEmpty })
    }
    withExtendedLifetime(server) {}
  }

  /// Options that only a server knows would otherwise be read by nobody.
  @Test(
    arguments: [
      ["--tokenizer", "/nonexistent"], ["--server-model", "x"], ["--server-kind", "vllm"], ["--insecure"],
    ])
  func optionsOfAServerWithoutOneAreRefused(option: [String]) throws {
    for words in [
      ["next", "Once"], ["generate", "Once", "-n", "1", "-m", "storyteller"], ["score", "Once upon"],
    ] {
      let run = try ProgramRun(words + option)
      #expect(run.code == 2)
      #expect(run.output == "")
      #expect(
        run.errors.hasPrefix(
          "gpt2-viz: \(option[0]) is for a model behind a server, but storyteller is none: leave it out\n"))
    }
  }

  /// In the environment and in the file they are defaults.
  @Test func defaultsForServersAreHarmless() throws {
    let run = try ProgramRun(
      ["next", "Once", "--top", "1"],
      environment: [
        "GPT2_VIZ_TOKENIZER": "/nonexistent", "GPT2_VIZ_SERVER_MODEL": "x", "GPT2_VIZ_SERVER_KIND": "vllm",
      ])
    #expect(run.code == 0, "\(run.errors)")
    let folder = try TemporaryFolder()
    #expect(try ProgramRun.shell("echo 'tokenizer = /nonexistent' > '\(folder.path)/config'").code == 0)
    let other = try ProgramRun(
      ["next", "Once", "--top", "1"], environment: ["GPT2_VIZ_CONFIG": folder.path + "/config"])
    #expect(other.code == 0, "\(other.errors)")
  }

  @Test func whatNeedsWholeDistributionsIsRefusedByName() throws {
    let server = try FakeModelServer(.vLLM)
    let steps = try ProgramRun(["next", "-m", server.address, "AB", "--typical", "0.5"])
    #expect(steps.code == 1)
    #expect(
      steps.errors.hasSuffix(
        "The step typical-p needs all tokens, and the server tells the first 20: put a top-k of at most 20 before it, or turn it off.\n"
      ))
    let logits = try ProgramRun(["next", "-m", server.address, "AB", "--repetition-penalty", "1.2"])
    #expect(logits.errors.contains("repetition penalty works on logits"))
    let generated = try ProgramRun(
      ["generate", "-m", server.address, "AB", "-n", "3", "--repeat-penalty", "1.3", "--seed", "1"])
    #expect(generated.code == 1 && generated.output.isEmpty)
    #expect(generated.errors.contains("The step penalties works on logits"))
    let whole = try ProgramRun(["logits", "-m", server.address, "AB"])
    #expect(whole.code == 1)
    #expect(whole.errors.contains("runs on a server, and this needs the model's weights"))
    withExtendedLifetime(server) {}
  }

  /// The distribution is known all the same.
  @Test func aDrawThatNobodyToldLeavesNextItsTable() throws {
    let flat = FakeServedModel(logits: { ids in (0..<300).map { Float(($0 * 37 + ids.count) % 300) / 300 } })
    let server = try FakeModelServer(.vLLM, flat)
    let words = ["next", "-m", server.address, "AB", "--seed", "1"]
    let table = try ProgramRun(words)
    #expect(table.code == 1)
    #expect(table.output.contains("kept 300 of 300 tokens"))
    #expect(table.errors.contains("falls among the tokens that the server does not tell, below rank 20"))
    let json = try answer(words)
    #expect(json["drawn"] == .null && json["top"]?.array?.count == 20)
    withExtendedLifetime(server) {}
  }

  /// A strategy takes it as a stage, and what can never be written leaves no file.
  @Test func aStudyOverAServerSaysWhatHelps() throws {
    let flat = FakeServedModel(logits: { ids in (0..<300).map { Float(($0 * 37 + ids.count) % 300) / 300 } })
    let server = try FakeModelServer(.vLLM, flat)
    let folder = try TemporaryFolder()
    try folder.write("prompts.txt", Array("AB\nCD\n".utf8))
    func study(_ strategy: String) throws -> ProgramRun {
      try ProgramRun(
        ["study", folder.path + "/prompts.txt", "-m", server.address, "-n", "4", "--strategy", strategy],
        environment: ["XDG_STATE_HOME": folder.path + "/state"])
    }
    let open = try study("pure")
    #expect(open.code == 1)
    #expect(
      open.errors.hasSuffix("a strategy can end with known-only, as in --strategy 'nucleus, known-only'.\n"),
      "\(open.errors)")
    #expect(try study("pure, known-only").code == 0)
    #expect(try study("nucleus, known-only").code == 0)
    let contrastive = try study("contrastive 4")
    #expect(contrastive.code == 1 && !contrastive.errors.contains("goes on"), "\(contrastive.errors)")
    let left = try ProgramRun.shell("ls '\(folder.path)/state/gpt2-viz' 2>/dev/null")
    #expect(left.output.isEmpty, "\(left.output)")
    withExtendedLifetime(server) {}
  }

  @Test func beamsAreDrawnAmongKnownTokens() throws {
    let server = try FakeModelServer(.vLLM)
    let words = ["beam", "-m", server.address, "AB", "-n", "4", "--beams", "2", "--sample", "--seed", "3"]
    let all = try ProgramRun(words)
    #expect(all.code == 1)
    #expect(
      all.errors.hasSuffix(
        "Only the first 20 of 300 tokens are known: the sampler chain needs the logits of all; --known-only takes those that are known.\n"
      ), "\(all.errors)")
    let known = try ProgramRun(words + ["--known-only", "-t", "0.8"])
    #expect(known.code == 0, "\(known.errors)")
    // llama-server tells them all.
    let whole = try FakeModelServer(.llamaServer, FakeServedModel(vocabularySize: 1500))
    let sampled = try ProgramRun(["beam", "-m", whole.address] + words.dropFirst(3))
    #expect(sampled.code == 0, "\(sampled.errors)")
    withExtendedLifetime((server, whole)) {}
  }

  @Test func whatIsNoAddressOrFolderIsToldSo() throws {
    for (name, fault) in [
      ("127.0.0.1:8123", "it begins with http:// or https://"),
      ("localhost:8080", "it begins with http:// or https://"),
      ("ftp://127.0.0.1/x", "it begins with http:// or https://"),
      ("http://127.0.0.1:999999", "its port is a number from 1 to 65535"),
      ("http://127.0.0.1:8981?x=1", "it has no ? and no #"),
      ("http://", "behind that it has the name or number of a machine"),
    ] {
      let run = try ProgramRun(["next", "-m", name, "Once"])
      #expect(run.code == 2)
      #expect(
        run.errors.contains(" is no address of a server: \(fault), as http://127.0.0.1:8080.\n"),
        "\(run.errors)")
    }
    let server = try FakeModelServer(.openAI)
    let two = try check(server, ["extra"])
    #expect(two.code == 2)
    #expect(two.errors.hasPrefix("gpt2-viz: serve-check takes the address of one server"))
    let folder = try check(server, ["--tokenizer", "/nonexist"])
    #expect(folder.code == 1)
    #expect(
      folder.errors.contains(
        "There is no folder /nonexist: --tokenizer takes one with tokenizer.json, or with vocab.json and merges.txt."
      ))
    // The options of a server are for the second text as well.
    let beside = try ProgramRun(
      ["-m", "storyteller", "--compare-model", server.address, "--tokenizer", "/nonexist", "--plain", "Once"])
    #expect(
      !beside.errors.contains("is for a model behind a server")
        && (beside.output + beside.errors).contains("There is no folder /nonexist"), "\(beside.errors)")
    withExtendedLifetime(server) {}
  }

  @Test func aDrawThatNobodyToldStopsGenerate() throws {
    let flat = FakeServedModel(logits: { ids in (0..<300).map { Float(($0 * 37 + ids.count) % 300) / 300 } })
    let server = try FakeModelServer(.vLLM, flat)
    let run = try ProgramRun(["generate", "-m", server.address, "AB", "-n", "20", "--seed", "1"])
    #expect(run.code == 1)
    #expect(
      run.errors.hasSuffix(
        "falls among the tokens that the server does not tell, below rank 20: another --seed draws another number, and --known-only draws among the known tokens.\n"
      ), "\(run.errors)")
    // The error has a line of its own, where both go to one terminal.
    #expect(run.output == "AB\n")
    let known = try ProgramRun(
      ["generate", "-m", server.address, "AB", "-n", "20", "--seed", "1", "--known-only"])
    #expect(known.code == 0)
    withExtendedLifetime(server) {}
  }
}

import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

/// `beam` on the built-in model.
@Suite struct BeamCommandTests {
  private func beam(_ options: String...) throws -> ProgramRun {
    try ProgramRun(["beam", "Once upon a time"] + options)
  }

  @Test func jsonHasItsMembers() throws {
    let json = try beam("--beams", "3", "-n", "8", "--return", "3", "--format", "json").json()
    #expect(
      json.members?.map(\.name) == [
        "model", "ids", "beams", "length", "length_penalty", "early_stopping", "seed", "settings", "stop_ids",
        "sequences", "steps", "stopped", "method",
      ])
    #expect(json["method"] == "beam")
    let sequences = try #require(json["sequences"]?.array)
    #expect(sequences.count == 3 && json["stopped"] == "length")
    for sequence in sequences {
      #expect(sequence.members?.map(\.name) == ["ids", "score", "sum_logprob", "finished", "text"])
      let sum = try #require(sequence["sum_logprob"]?.double)
      #expect(sequence["ids"]?.array?.count == 8 && sequence["finished"] == false)
      #expect(abs(try #require(sequence["score"]?.double) - sum / 8) < 1e-12)
    }
    let steps = try #require(json["steps"]?.array)
    // At the length no beam lives on.
    #expect(steps.map { $0["beams"]?.array?.count } == [3, 3, 3, 3, 3, 3, 3, 0])
    #expect(steps[2]["beams"]?.array?[1]["ids"]?.array?.count == 3)
    let candidates = try #require(steps[2]["candidates"]?.array)
    #expect(
      candidates[0].members?.map(\.name) == ["rank", "beam", "id", "logprob", "sum_logprob", "fate", "score"])
    let lives = candidates.filter { $0["fate"] == "lives" }.map { $0["sum_logprob"] }
    #expect(lives == steps[2]["beams"]?.array?.map { $0["sum_logprob"] })
  }

  /// One beam is greedy decoding, and its sum that of `score`.
  @Test func oneBeamIsGreedy() throws {
    let json = try beam("--beams", "1", "-n", "20", "--no-stop-at-eos", "--format", "json").json()
    let greedy = try ProgramRun([
      "generate", "Once upon a time", "-n", "20", "--greedy", "--no-stop-at-eos", "--format", "jsonl",
    ]).jsonLines().filter { $0["type"] == "step" }
    #expect(json["sequences"]?.array?[0]["ids"]?.array == greedy.compactMap { $0["id"] })
    let sum = greedy.compactMap { $0["logprob"]?.double }.reduce(0, +)
    #expect(abs(try #require(json["sequences"]?.array?[0]["sum_logprob"]?.double) - sum) < 1e-9)
  }

  @Test func textTellsScoresAndWhyItEnds() throws {
    let lines = try beam("--beams", "2", "-n", "6", "--return", "2").output.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0].contains(/^1  score -\d\.\d{4}  sum of ln p -\d+\.\d{4}  6 tokens  at the length$/), "\(lines)"
    )
    #expect(lines[1].hasPrefix("Once upon a time "))
    #expect(lines[2] == "" && lines[3].hasPrefix("2  score -"))
    #expect(lines.suffix(3) == ["", "stopped after 6 steps, at the length", ""])
    // A comma ends a text: " there was a king," and others.
    let ended = try beam("--beams", "2", "-n", "30", "--stop-id", "11", "--early-stopping", "true").output
    #expect(ended.contains(/stopped after \d+ steps: 2 texts finished/), "\(ended)")
    #expect(ended.contains("  ended\n") && !ended.contains(",\n"))
    let better = try beam("--beams", "2", "-n", "30", "--stop-id", "11", "--length-penalty", "-1").output
    #expect(better.contains("no better than the worst finished text, -"), "\(better)")
  }

  @Test func aSeedDrawsTheSameBeams() throws {
    func ids(_ options: String...) throws -> [JSON?] {
      let json = try ProgramRun(
        ["beam", "--ids", "442 326", "--beams", "3", "-n", "9", "--return", "3", "--format", "json"] + options
      ).json()
      return json["sequences"]?.array?.map { $0["ids"] } ?? []
    }
    let first = try ids("--sample", "-p", "0.9", "--seed", "4")
    #expect(first.count == 3)
    #expect(try ids("--sample", "-p", "0.9", "--seed", "4", "--threads", "1") == first)
    #expect(try ids("--sample", "-p", "0.9", "--seed", "5") != first)
    let texts = try ids("--stochastic", "--seed", "4")
    #expect(Set(texts.map { $0?.description }).count == 3 && texts != first)
    #expect(try ids("--stochastic", "--seed", "4", "--threads", "1") == texts)
    #expect(try ids("--repetition-penalty", "2") != ids())
  }

  @Test func groupsWriteDifferentTexts() throws {
    let options = ["--beams", "6", "--groups", "3", "-n", "8", "--return", "6", "--diversity", "2"]
    let json = try ProgramRun(["beam", "Once upon a time", "--format", "json"] + options).json()
    #expect(
      json.members?.suffix(4).map(\.name) == ["stopped", "method", "groups", "diversity_penalty"]
        && json["groups"] == 3
    )
    let sequences = try #require(json["sequences"]?.array)
    #expect(Set(sequences.compactMap { $0["group"]?.int }) == [0, 1, 2])
    let steps = try #require(json["steps"]?.array)
    #expect(steps[3]["beams"]?.array?.map { $0["group"] } == [0, 0, 1, 1, 2, 2])
    let candidates = try #require(steps[3]["candidates"]?.array)
    #expect(Set(candidates.compactMap { $0["group"]?.int }) == [0, 1, 2])
    // The first group is a search with its own beams.
    let alone = try beam("--beams", "2", "-n", "8", "--return", "2", "--format", "json").json()
    #expect(
      sequences.filter { $0["group"] == 0 }.map { $0["ids"] } == alone["sequences"]?.array?.map { $0["ids"] })
    let words = Set(sequences.compactMap { $0["ids"]?.array?.first?.int })
    #expect(words.count >= 3)
    let text = try ProgramRun(["beam", "Once upon a time"] + options).output
    #expect(
      text.contains(
        /^\d  score -\d\.\d{4}  search sum -\d+\.\d{4}  sum of ln p -\d+\.\d{4}  8 tokens  at the length  group \d$/
          .anchorsMatchLineEndings()
      ))
  }

  /// In `generate` too.
  @Test func aStopOfOnesOwnEndsTheText() throws {
    let run = try ProgramRun([
      "generate", "Once upon a time", "--greedy", "--stop-id", "11", "--format", "jsonl",
    ]).jsonLines()
    let last = try #require(run.last { $0["type"] == "step" })
    #expect(last["id"] == 11 && run.last?["reason"] == "eos")
  }

  /// A seed among one's defaults is for the commands that draw.
  @Test func defaultSeedsAreInNobodysWay() throws {
    let plain = try beam("--beams", "2", "-n", "4").output
    for variables in [["GPT2_VIZ_SEED": "4"], ["GPT2_VIZ_SEED_LIKE": "llama.cpp"]] {
      let run = try ProgramRun(
        ["beam", "Once upon a time", "--beams", "2", "-n", "4"], environment: variables)
      #expect(run.code == 0 && run.output == plain, "\(run.errors)")
    }
    func drawn(_ options: [String], _ variables: [String: String] = [:]) throws -> ProgramRun {
      try ProgramRun(["beam", "Once upon a time", "--sample", "-n", "4"] + options, environment: variables)
    }
    let run = try drawn([], ["GPT2_VIZ_SEED": "4"])
    #expect(try run.code == 0 && run.output == drawn(["--seed", "4"]).output)
    let other = try drawn([], ["GPT2_VIZ_SEED_LIKE": "llama.cpp"])
    #expect(other.code == 2 && other.errors.contains("give --seed-like gpt2-viz"), "\(other.errors)")
    #expect(try drawn(["--seed-like", "gpt2-viz"], ["GPT2_VIZ_SEED_LIKE": "llama.cpp"]).code == 0)
  }

  @Test(arguments: [
    (["--beams", "2", "--return", "3"], "more texts than the 2 beams"),
    (["--beams", "0"], "--beams takes a whole number from 1 to 64"),
    (["--seed", "3"], "--seed goes with --sample or --stochastic"), (["-n", "0"], "a length of at least 1"),
    (["--length-penalty", "much"], "--length-penalty takes a number"),
    (["--early-stopping", "yes"], "takes false, true or never"),
    (["--sample", "--seed-like", "llama.cpp"], "leave --seed-like out"),
    (["--seed-like", "llama.cpp"], "leave --seed-like out"),
    (["--sample", "--stochastic"], "--stochastic does not go with --sample"),
    (["--stochastic", "--early-stopping", "never"], "--stochastic does not go with --early-stopping"),
    (["--beams", "5", "--groups", "2"], "do not make the 2 equal groups of --groups"),
    (["--beams", "4", "--groups", "1"], "--groups takes a whole number from 2 to 64"),
    (["--beams", "4", "--groups", "2", "--sample"], "--groups does not go with --sample"),
    (["--beams", "4", "--stochastic", "--groups", "2"], "--groups does not go with --stochastic"),
    (["--diversity", "1"], "--diversity goes with --groups"),
    (["--groups", "2", "--diversity", "0"], "--diversity takes a number above 0"),
    (["--beams", "4", "--groups", "2", "--seed", "3"], "--seed goes with --sample or --stochastic"),
    (["-t", "0.5"], "-t goes with --sample or --stochastic"),
    (["--top-p", "0.9"], "--top-p goes with --sample or --stochastic"),
    (["--greedy"], "--greedy goes with --sample or --stochastic"),
    (["--mirostat", "2"], "--mirostat goes with --sample or --stochastic"),
    (["--groups", "2", "--beams", "4", "--min-p", "0.1"], "--min-p goes with --sample or --stochastic"),
    (["--preset", "nucleus-0.95"], "--preset turns top-p on, which goes with --sample or --stochastic"),
    (["--sample", "-t", "0"], "a temperature above 0"), (["--sample", "--greedy"], "a temperature above 0"),
    (["--stochastic", "-t", "0"], "a temperature above 0"),
    (["--sample", "--mirostat", "2"], "follows one text"),
  ])
  func wrongWordsAreSaid(options: [String], sentence: String) throws {
    let run = try ProgramRun(["beam", "a"] + options)
    #expect(run.code == 2 && run.errors.contains(sentence), "\(run.errors)")
  }

  @Test func whatTheModelCannotIsSaid() throws {
    try ProgramRun(["beam", "a", "--stop-id", "99999"]).expectSentence("99999 is not in the vocabulary")
  }

  /// A filter among one's defaults is for the commands that draw.
  @Test func defaultFiltersAreInNobodysWay() throws {
    let run = try ProgramRun(
      ["beam", "Once upon a time", "--beams", "2", "-n", "4"], environment: ["GPT2_VIZ_TOP_P": "0.5"])
    #expect(try run.code == 0 && run.output == beam("--beams", "2", "-n", "4").output, "\(run.errors)")
  }

  /// As in `generate`, texts end where the context is full.
  @Test func aFullContextEndsTheTexts() throws {
    let run = try ProgramRun(
      ["beam", "--ids", "442 326", "--beams", "1", "-n", "600", "--no-stop-at-eos", "--format", "json"])
    let json = try JSON(parsing: run.output)
    #expect(run.code == 0 && json["length"] == 511 && json["stopped"] == "length", "\(run.errors)")
    #expect(json["sequences"]?.array?[0]["ids"]?.array?.count == 511)
    #expect(run.errors.contains("the context has room for 511 of 600 tokens"), "\(run.errors)")
  }

  /// The three ways to choose can be told apart, and what each ranks by is there.
  @Test func jsonTellsTheMethodAndItsNumbers() throws {
    func json(_ options: String...) throws -> JSON {
      try ProgramRun(["beam", "Once upon a time", "--beams", "3", "-n", "4", "--format", "json"] + options)
        .json()
    }
    func first(_ json: JSON) throws -> JSON {
      try #require(json["steps"]?.array?[2]["candidates"]?.array?.first)
    }
    let sampled = try json("--sample", "-t", "0.5", "--seed", "1")
    #expect(sampled["method"] == "sampled-beam")
    let (own, counted) = (try first(sampled)["logprob"]?.double, try first(sampled)["chain_logprob"]?.double)
    #expect(counted != nil && own != counted)
    let stochastic = try json("--stochastic", "--seed", "1")
    #expect(try stochastic["method"] == "stochastic-beam" && first(stochastic)["number"]?.double != nil)
  }

  /// Where a chain changes ln p, the line of a text tells both sums, and its score is that of the search's.
  @Test func textTellsBothSums() throws {
    let run = try beam("--beams", "2", "-n", "8", "--repetition-penalty", "1.5")
    let numbers = try #require(
      run.output.firstMatch(of: /score (-\d\.\d+)  search sum (-\d+\.\d+)  sum of ln p (-\d+\.\d+)  8 tokens/)
    )
    let (score, sum) = (try #require(Double(numbers.1)), try #require(Double(numbers.2)))
    #expect(abs(score - sum / 8) < 1e-3 && numbers.2 != numbers.3)
  }
}

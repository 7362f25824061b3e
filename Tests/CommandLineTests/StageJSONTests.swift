import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

/// `filter` and `next` tell what each stage did, and `filter` takes what a session would know.
@Suite struct StageJSONTests {
  private func filter(_ input: String, _ options: String...) throws -> ProgramRun {
    try ProgramRun(["filter", "-"] + options, input: Array(input.utf8))
  }

  @Test func eachStageTellsWhatItLeft() throws {
    let answer = try filter(#"{"logits":[3,2,1,0]}"#, "-k", "3", "--min-p", "0.3", "-t", "2").json()
    let stages = try #require(answer["stages"]?.array)
    #expect(stages.map { $0["name"]?.string } == ["temperature", "top_k", "min_p"])
    #expect(stages.map { $0["kept"]?.int } == [4, 3, 3])
    #expect(stages[0]["temperature"] == 2)
    #expect(stages[1]["removed"] == 1)
    #expect(stages.last?["entropy_bits"]?.double == answer["entropy_bits"]?.double)
    #expect(abs(try #require(stages[1]["mass"]?.double) - 0.967_941_4) < 1e-6)
  }

  @Test func aGivenNumberDrawsAndMemoryGoesOn() throws {
    let input = #"{"logits":[3,2,1,0],"u":0.8,"memory":{"mirostat":10}}"#
    let answer = try filter(input, "--mirostat", "2").json()
    #expect(answer["token"] == 1)
    // S = -log2 of p = 0.2369; mu = 10 - 0.1 * (S - 5).
    let mu = try #require(answer["memory"]?["mirostat"]?.double)
    #expect(abs(mu - (10 - 0.1 * (2.0778 - 5))) < 1e-4)
    #expect(answer["stages"]?.array?.first?["memory"] == 10)
  }

  @Test(arguments: [(0.2, 2), (0.9, 0)]) func theChanceOfXTCIsGiven(chance: Double, removed: Int) throws {
    let answer = try filter(
      #"{"logits":[1,1,1],"chance":{"xtc":\#(chance)}}"#, "--xtc-probability", "0.5"
    ).json()
    #expect(answer["kept"]?.int == 3 - removed)
    #expect(answer["stages"]?.array?.first?["chance"]?.double == chance)
  }

  @Test func theBreakersOfDRYAreIDs() throws {
    let ids = #""ids":[1,2,3,1,2]"#
    let free = try filter(#"{"logits":[0,0,0,0],\#(ids)}"#, "--dry-multiplier", "1").json()
    #expect(free["stages"]?.array?.first?["lowered"] == 1)
    #expect(free["stages"]?.array?.first?["example"]?["id"] == 3)
    let broken = try filter(#"{"logits":[0,0,0,0],\#(ids),"breakers":[[2]]}"#, "--dry-multiplier", "1").json()
    #expect(broken["stages"]?.array?.first?["lowered"] == nil)
  }

  @Test func theGeneratedPartIsCountedInVLLMsOrder() throws {
    let input = #"{"logits":[0,0,0],"ids":[1,1,2],"prompt_count":2}"#
    let answer = try filter(input, "--frequency-penalty", "1", "--order", "vllm").json()
    #expect(answer["stages"]?.array?.first?["lowered"] == 1)
  }

  @Test(
    arguments: [
      (#""u":1"#, "\"u\" must be a number of at least 0 and below 1"),
      (#""prompt_count":3"#, "\"prompt_count\" must be a whole number from 0 to the number of ids"),
      (#""chance":{"xtc":2}"#, "\"chance\" must be an object of steps with numbers in [0, 1)"),
      (#""memory":{"mirror":2}"#, "\"memory\" must be an object of steps with numbers that they can keep"),
      (#""memory":{"xtc":1e300}"#, "\"memory\" must be an object of steps"),
      (#""memory":{"xtc":-1}"#, "\"memory\" must be an object of steps"),
      (#""memory":{"mirostat":[1,2]}"#, "\"memory\" must be an object of steps"),
      (#""memory":{"adaptive_p":[0,0]}"#, "\"memory\" must be an object of steps"),
      (#""breakers":[1]"#, "\"breakers\" must be a list of lists of token ids"),
      (#""u":0.1,"u":0.2"#, "has \"u\" more than once"),
    ])
  func aWrongMemberIsNamed(member: String, sentence: String) throws {
    let run = try filter(#"{"logits":[1,2],"ids":[1],\#(member)}"#)
    #expect(run.code == 1)
    #expect(run.errors.contains(sentence), "\(run.errors)")
  }

  @Test func nextHasAWaterfall() throws {
    let run = try ProgramRun([
      "next", "Once upon a time", "-k", "40", "--min-p", "0.05", "--order", "llama.cpp", "-t", "2",
    ])
    #expect(run.output.contains("top-k 40"))
    #expect(run.output.contains("removes 4,056 tokens"))
    let json = try ProgramRun(["next", "Once upon a time", "-k", "40", "--format", "json"]).json()
    #expect(json["stages"]?.array?.first?["kept"] == 40)
  }

  /// The same seed, the same number, of another system's stream.
  @Test func llamaCppsNumbersDraw() throws {
    let json = try ProgramRun([
      "next", "Once upon a time", "--seed", "42", "--seed-like", "llama.cpp", "--format", "json",
    ]).json()
    #expect(abs(try #require(json["u"]?.double) - 0.7965) < 5e-5)
    let run = try ProgramRun(["next", "Once", "--seed", "4294967295", "--seed-like", "llama.cpp"])
    #expect(run.code == 2)
    #expect(
      run.errors.contains("--seed takes a whole number from 0 to 4294967294 with --seed-like llama.cpp"))
  }
}

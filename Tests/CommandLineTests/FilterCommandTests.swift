import Glibc
import LMCore
import TestSupport
import Testing

@Suite struct FilterCommandTests {
  private func filter(_ document: String, _ options: String...) throws -> ProgramRun {
    try ProgramRun(["filter", "-"] + options, input: Array(document.utf8))
  }

  @Test func answersWithTheWholeVocabulary() throws {
    let answer = try filter(#"{"logits":[3,2,1,null]}"#, "-p", "0.8").json()
    #expect(answer["mask"] == [1, 1, 0, 0])
    #expect(answer["kept"] == 2)
    #expect(answer["order"] == ["top_p"])
    let probs = try #require(answer["probs"]?.doubles)
    #expect(abs(probs[0] - 0.7310585786300049) < 1e-15)
    #expect(probs[2...] == [0, 0])
    #expect(abs(try #require(answer["kept_mass"]?.double) - 0.9099694268296195) < 1e-15)
    #expect(abs(try #require(answer["entropy_bits"]?.double) - 0.8399415379831693) < 1e-13)
    #expect(
      answer.members?.map(\.name) == [
        "mask", "probs", "kept", "kept_mass", "entropy_bits", "order", "stages",
      ])
  }

  @Test func ordersDiffer() throws {
    let document = #"{"logits":[3,2,1]}"#
    let options = ["-p", "0.8", "-t", "0.5", "--order"]
    #expect(
      try ProgramRun(["filter", "-"] + options + ["hf"], input: Array(document.utf8)).json()["mask"] == [
        1, 0, 0,
      ])
    let llama = try ProgramRun(["filter", "-"] + options + ["llama.cpp"], input: Array(document.utf8)).json()
    #expect(llama["mask"] == [1, 1, 0])
    #expect(llama["order"] == ["top_p", "temperature"])
  }

  @Test func penaltiesLookAtTheIDs() throws {
    let answer = try filter(#"{"logits":[2,1.5,-1],"ids":[0,2]}"#, "--repetition-penalty", "2", "--greedy")
      .json()
    #expect(answer["mask"] == [0, 1, 0])
  }

  /// 0.1 and 2.3 are no floats: rounded to 32 bits the probabilities differ in the eighth digit.
  @Test func computesInDoublePrecision() throws {
    let probs = try #require(try filter(#"{"logits":[0.1,2.3,-1.7]}"#).json()["probs"]?.doubles)
    let total: Double = exp(0.1) + exp(2.3) + exp(-1.7)
    #expect(abs(probs[0] - exp(0.1) / total) < 1e-16)
    // Equal as floats.
    let cut = try filter(#"{"logits":[1,1.000000001,1.0000000005]}"#, "-k", "1").json()
    #expect(cut["mask"] == [0, 1, 0])
    let wide = try filter(#"{"logits":[1e308,-1e308,9e307,null]}"#, "-t", "inf").json()
    let third: Double = 1.0 / 3
    #expect(wide["probs"]?.doubles == [third, third, third, 0])
    #expect(try filter(#"{"logits":[1e308,-1e308,9e307]}"#).json()["probs"] == [1, 0, 0])
  }

  @Test func aSeedDrawsAToken() throws {
    let answer = try filter(#"{"logits":[0,0,0,0]}"#, "--seed", "5").json()
    let u = try #require(answer["u"]?.double)
    #expect(answer["drawn"] == JSON(Int(u * 4)))
    #expect(answer["seed"] == 5)
    #expect(try filter(#"{"logits":[0,1]}"#, "--seed", "5", "-k", "1").json()["drawn"] == 1)
  }

  @Test func readsAFile() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("with a blank.json", #"{"logits":[0,0]}"#)
    #expect(try ProgramRun(["filter", file]).json()["probs"] == [JSON(0.5), JSON(0.5)])
  }

  @Test func takesPythonsMinusInfinity() throws {
    #expect(try filter(#"{"logits":[1.0, -Infinity], "note":"NaN \" NaN"}"#).json()["mask"] == [1, 0])
  }

  @Test(arguments: [
    (#"{"logits":[1,NaN]}"#, "token 1 is not a number"),
    (#"{"logits":[Infinity,1]}"#, "token 0 is plus infinity"),
    (#"{"logits":[1,2,1e309]}"#, "token 2 is plus infinity"), (#"{"logits":[1,"x"]}"#, "logit 1 is neither"),
    (#"{"logits":[null,null]}"#, "All 2 logits are minus infinity"),
    (#"{"logits":[]}"#, "There are no logits"),
    (#"{"logit":[1]}"#, "needs \"logits\""), (#"[1,2]"#, "needs \"logits\""),
    (#"{"logits":[1,}"#, "is not JSON"),
    ("", "is not JSON"), (#"{"logits":[1],"ids":[1]}"#, "Token 1"),
    (#"{"logits":[1],"ids":["a"]}"#, "\"ids\" must be"),
    (#"{"logits":[1],"ids":[-1]}"#, "\"ids\" must be"), (#"{"logits":[1],"ids":3}"#, "\"ids\" must be"),
    (#"{"logits":[1]} x"#, "is not JSON"),
    (#"{"logits":[1],"logits":[2]}"#, "has \"logits\" more than once"),
    (#"{"ids":[],"logits":[1],"ids":[0]}"#, "has \"ids\" more than once"),
  ])
  func refusesInOneSentence(document: String, words: String) throws {
    let run = try filter(document)
    #expect(run.code == 1)
    #expect(run.output == "")
    #expect(run.errors.hasPrefix("gpt2-viz: "))
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
  }
}

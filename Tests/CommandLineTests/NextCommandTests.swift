import Foundation
import LMCore
import TestSupport
import Testing

@Suite struct NextCommandTests {
  private func next(_ options: String...) throws -> ProgramRun {
    try ProgramRun(["next", "Once upon a"] + options)
  }

  @Test func jsonHasItsFields() throws {
    let answer = try next("-t", "0.8", "-k", "40", "-p", "0.9", "--top", "5", "--format", "json").json()
    #expect(
      answer.members?.map(\.name) == [
        "model", "ids", "vocab_size", "order", "settings", "before", "after", "stages", "top",
      ])
    #expect(answer["model"] == "storyteller")
    #expect(answer["vocab_size"] == 4096)
    #expect(answer["order"] == ["temperature", "top_k", "top_p"])
    #expect(answer["settings"]?["temperature"] == JSON(0.8))
    #expect(answer["after"]?.members?.map(\.name) == ["entropy_bits", "kept", "kept_mass", "binding"])
    let top = try #require(answer["top"]?.array)
    #expect(top.count == 5)
    #expect(
      top[0].members?.map(\.name) == [
        "rank", "id", "token", "piece", "logit", "before", "cumulative", "after", "kept", "removed_by",
      ])
    #expect(top.map { $0["rank"]?.int } == [1, 2, 3, 4, 5])
  }

  @Test func theWholeVocabularyAddsUp() throws {
    let answer = try next("-k", "40", "-p", "0.9", "--top", "999999", "--format", "json").json()
    let top = try #require(answer["top"]?.array)
    #expect(top.count == 4096)
    let before = top.compactMap { $0["before"]?.double }
    let after = top.compactMap { $0["after"]?.double }
    #expect(abs(before.reduce(0, +) - 1) < 1e-12)
    #expect(abs(after.reduce(0, +) - 1) < 1e-12)
    #expect(before == before.sorted(by: >))
    let kept = top.filter { $0["kept"] == true }
    #expect(JSON(kept.count) == answer["after"]?["kept"])
    let mass = kept.compactMap { $0["before"]?.double }.reduce(0, +)
    #expect(abs(mass - (try #require(answer["after"]?["kept_mass"]?.double))) < 1e-12)
    #expect(abs(try #require(top.last?["cumulative"]?.double) - 1) < 1e-12)
    let entropy = before.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
    #expect(abs(entropy - (try #require(answer["before"]?["entropy_bits"]?.double))) < 1e-9)
  }

  @Test func agreesWithLogitsFilterAndGenerate() throws {
    let options = ["-t", "0.7", "-p", "0.8", "--min-p", "0.02"]
    let answer = try ProgramRun(["next", "Once upon a", "--top", "4096", "--format", "json"] + options).json()
    let logits = try ProgramRun(["logits", "Once upon a"]).json()
    let row = try #require(logits["logits"])
    for token in try #require(answer["top"]?.array) {
      #expect(row.array?[try #require(token["id"]?.int)] == token["logit"])
    }
    let document: JSON = ["logits": row, "ids": try #require(logits["ids"])]
    let filtered = try ProgramRun(["filter", "-"] + options, input: Array(document.description.utf8)).json()
    #expect(filtered["kept"] == answer["after"]?["kept"])
    #expect(filtered["kept_mass"] == answer["after"]?["kept_mass"])
    #expect(filtered["entropy_bits"] == answer["after"]?["entropy_bits"])
    let steps = try ProgramRun(
      ["generate", "Once upon a", "-n", "1", "--seed", "9", "--format", "jsonl"] + options
    ).jsonLines()
    let chosen = try #require(answer["top"]?.array?.first { $0["id"] == steps[1]["id"] })
    for (name, other) in [("before", "before"), ("after", "after"), ("rank", "rank")] {
      #expect(chosen[name] == steps[1][other])
    }
  }

  @Test func tableSaysWhatWasCut() throws {
    let run = try next("-k", "3", "--top", "5")
    #expect(run.code == 0)
    #expect(run.errors == "")
    let lines = run.output.split(separator: "\n")
    #expect(lines[0] == "storyteller, 3 tokens read; T 1.00 → top-k 3 → top-p off")
    #expect(lines.filter { $0.contains("removed") }.count == 2)
    #expect(run.output.contains("4,091 more tokens with "))
    #expect(run.output.contains("kept 3 of 4,096 tokens, "))
    #expect(run.output.contains("; top-k makes the cut"))
    #expect(run.output.contains("#"))
    #expect(!run.output.contains("\u{1B}"))
    #expect(!lines.contains { $0.hasSuffix(" ") })
  }

  @Test func topPMakesTheCutThoughTheBanRemovedALikelierToken() throws {
    let prompt = "Once upon a time there was a king and a king and a king and a"
    let options = ["--no-repeat-ngram", "3", "-p", "0.5"]
    let answer = try ProgramRun(["next", prompt, "--format", "json"] + options).json()
    #expect(answer["after"]?["binding"] == "top_p")
    #expect(answer["top"]?.array?[1]["kept"] == false)
    #expect(answer["top"]?.array?[2]["kept"] == true)
    let table = try ProgramRun(["next", prompt] + options).output
    #expect(table.contains("; top-p makes the cut"))
  }

  /// Several filters would remove the last ranks; the first one in the order of the chain has done it.
  @Test(
    arguments: [
      (["-k", "6", "-p", "0.3"], 6, "top-k", "top-p"), (["-k", "6", "--min-p", "0.9"], 6, "top-k", "min-p"),
      (["-p", "0.3", "--min-p", "0.5"], 0, "top-p", ""),
    ] as [([String], Int, String, String)])
  func theTableNamesTheFilterThatRemoved(
    options: [String], cut: Int, below: String, above: String
  ) throws {
    let lines = try next("--top", "12", options[0], options[1], options[2], options[3]).output.split(
      separator: "\n")
    let json = try next("--top", "12", "--format", "json", options[0], options[1], options[2], options[3])
      .json()
    for (index, row) in try #require(json["top"]?.array).enumerated() {
      let rank = index + 1
      let line = try #require(lines.first { $0.drop { $0 == " " }.hasPrefix("\(rank) ") })
      guard row["kept"] == false else {
        #expect(!line.contains("removed"))
        continue
      }
      let title = cut > 0 && rank <= cut ? above : below
      #expect(line.hasSuffix("removed by \(title)"), "\(line)")
      #expect(row["removed_by"]?.string == title.replacing("-", with: "_"))
    }
  }

  @Test func greedyTakesOneAndABanRemoves() throws {
    let lines = try next("--greedy", "--top", "3").output.split(separator: "\n")
    #expect(lines.filter { $0.hasSuffix("  not taken") }.count == 2, "\(lines)")
    let prompt = "Once upon a time there was a king and a king and a king and a"
    let banned = try ProgramRun(["next", prompt, "--no-repeat-ngram", "3"]).output
    #expect(banned.contains("removed by no-repeat n-gram\n"))
  }

  /// What `generate` with the same seed begins with.
  @Test(arguments: [["-p", "0.9"], ["--greedy"], ["-t", "1.7", "-k", "100"]])
  func aSeedDrawsAToken(options: [String]) throws {
    let seed = ["--seed", "11", "--format"]
    let answer = try ProgramRun(["next", "Once upon a"] + options + seed + ["json"]).json()
    let steps = try ProgramRun(["generate", "Once upon a", "-n", "1"] + options + seed + ["jsonl"])
      .jsonLines()
    #expect(answer["seed"] == 11)
    #expect(answer["drawn"] == steps[1]["id"])
    #expect(answer["u"] == steps[1]["u"])
    let table = try ProgramRun(["next", "Once upon a", "--seed", "11"] + options).output
    let piece = try #require(steps[1]["piece"]?.string).replacing(" ", with: "␣")
    let words =
      options == ["--greedy"] ? "greedy decoding takes \(piece)" : "the first of seed 11, falls on \(piece)\n"
    #expect(table.contains(words))
  }

  @Test func withoutAVocabularyTokensAreShownByTheirNumbers() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "model.safetensors"])
    let next = try ProgramRun(["next", "--ids", "300 301", "-m", folder.path, "--top", "1"]).output
    #expect(next.contains("\n   1  ["), "\(next)")
    let score = try ProgramRun(["score", "--ids", "300 301", "-m", folder.path]).output
    #expect(score.contains("[300]") && score.contains("[301]"))
    let answer = try ProgramRun(["next", "--ids", "300", "-m", folder.path, "--format", "json"]).json()
    #expect(answer["top"]?.array?[0]["token"] == .null)
  }

  @Test(arguments: ["C", "POSIX", "de_DE.ISO-8859-1"])
  func tablesAreASCIIWhereTheLocaleIs(locale: String)
    throws
  {
    for words in [["next", "Once upon a", "-t", "inf", "-k", "3"], ["score", "Once upon a"]] {
      let run = try ProgramRun(words, environment: ["LC_ALL": locale])
      #expect(run.output.utf8.allSatisfy { $0 < 0x80 }, "\(run.output)")
    }
    let run = try ProgramRun(["next", "a", "-t", "1.1"], environment: ["LC_ALL": locale])
    #expect(run.output.contains("; T 1.10 -> top-k off -> top-p off\n"))
  }

  @Test func emptyPromptStartsFromEndOfText() throws {
    let answer = try ProgramRun(["next", "", "--format", "json"]).json()
    #expect(
      answer["ids"] == (try ProgramRun(["tokenize", "<|endoftext|>", "--format", "json"]).json()["ids"]))
    #expect(try ProgramRun(["next", "--ids", "", "--format", "json"]).json() == answer)
  }

  @Test func infiniteTemperatureIsUniform() throws {
    let answer = try next("-t", "inf", "--top", "2", "--format", "json").json()
    #expect(answer["settings"]?["temperature"] == .null)
    #expect(answer["after"]?["kept"] == 4096)
    #expect(answer["top"]?.array?[0]["after"] == JSON(1.0 / 4096))
  }

  @Test func theEnvironmentNamesTheModel() throws {
    let run = try ProgramRun(
      ["next", "a", "--format", "json"], environment: ["GPT2_VIZ_MODEL": "/nonexistent"])
    #expect(run.code == 1)
    let own = try ProgramRun(
      ["next", "a", "--format", "json", "-m", "storyteller"], environment: ["GPT2_VIZ_MODEL": "/nonexistent"])
    #expect(own.code == 0)
    #expect(try ProgramRun(["next", "a", "--format", "json"], environment: ["GPT2_VIZ_MODEL": ""]).code == 0)
  }
}

import LMCore
import Testing

@testable import gpt2_viz

@Suite struct ArgumentParserTests {
  private let parser = ArgumentParser(commands: Command.descriptions)

  private func values(_ words: [String]) throws -> OptionStore {
    SettingLayers(given: try parser.parse(words).given).values
  }

  private func settings(_ words: [String]) throws -> SamplingSettings {
    try values(words)[SamplerOptions.self].settings
  }

  private func complaint(_ words: [String]) -> String {
    do throws(UsageError) {
      _ = try parser.parse(words)
      return "no complaint"
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ["--top-k=40"], ["--top-k", "40"], ["-k", "40"], ["-k40"], ["--top-k", "7", "-k40"],
  ])
  func spellsOneOptionInManyWays(words: [String]) throws {
    #expect(try settings(["generate", "x"] + words).topK == 40)
  }

  @Test func takesFlagsTogether() throws {
    #expect(try parser.parse(["-Vv"]).request == .version)
    #expect(try values(["-Vv"])[GeneralOptions.self].isVerbose)
  }

  @Test func takesTheValueAtTheEndOfAGroup() throws {
    #expect(try values(["generate", "x", "-n5", "-t.5"])[LengthOptions.self].tokenCount == 5)
  }

  @Test func takesUnambiguousBeginnings() throws {
    #expect(try settings(["generate", "x", "--temp", "0.5"]).temperature == 0.5)
    #expect(try values(["next", "x", "--top", "3"])[RowOptions.self].count == 3)
    #expect(
      complaint(["generate", "--top", "3"]) == "'--top' may mean --top-k, --top-p, --top-n-sigma or --top-h")
  }

  @Test(
    arguments: [
      (["next"], "next", []), (["next", "--", "next"], "next", ["next"]), (["--", "next"], "", ["next"]),
      (["hello"], "", ["hello"]), (["-"], "", ["-"]), (["--seed", "1", "generate", "a"], "generate", ["a"]),
      (["generate", "--", "-k"], "generate", ["-k"]), (["tokenize", ""], "tokenize", [""]), ([], "", []),
      (["models", "a", "b", "c"], "models", ["a", "b", "c"]), ([""], "", [""]), (["--", ""], "", [""]),
    ] as [([String], String, [String])])
  func findsTheCommand(words: [String], command: String, rest: [String]) throws {
    let parsed = try parser.parse(words)
    #expect(parsed.command.name == command)
    #expect(parsed.words == rest)
  }

  @Test func keepsEveryByteOfAText() throws {
    #expect(try parser.parse(["tokenize", "  a\r\n\t "]).words == ["  a\r\n\t "])
  }

  @Test func letsSingleKnobsWinOverThePreset() throws {
    let settings = try settings(["generate", "x", "-p", "0.5", "--preset", "nucleus"])
    #expect(settings.topP == 0.5)
  }

  @Test(arguments: [("inf", Double.infinity), ("0", 0), ("1e-3", 0.001)])
  func readsTemperatures(text: String, value: Double) throws {
    #expect(try settings(["next", "x", "-t", text]).temperature == value)
  }

  @Test(arguments: [["--greedy", "-t", "0"], ["-t", "0.0", "--greedy"], ["--greedy", "-t1", "-t0"]])
  func greedyAgreesWithZero(words: [String]) throws {
    #expect(try settings(["next", "x"] + words).temperature == 0)
  }

  @Test(arguments: ["generate", "next", "filter", ""])
  func aSeedGoesWhereASamplerGoes(command: String) throws {
    let words = (command.isEmpty ? [] : [command]) + ["x", "--seed", "18446744073709551615"]
    #expect(try values(words)[ChanceOptions.self].seed == .max)
  }

  @Test func readsTokenIDs() throws {
    #expect(try values(["logits", "--ids", "1 2 3"])[TextOptions.self].ids == [1, 2, 3])
    #expect(try values(["logits", "--ids", "[1, 2,3]\r\n"])[TextOptions.self].ids == [1, 2, 3])
    #expect(try values(["logits", "--ids", ""])[TextOptions.self].ids == [])
  }

  @Test func stopsAtARequestForHelp() throws {
    let parsed = try parser.parse(["next", "-h", "--no-such-option"])
    #expect(parsed.command.name == "next")
    #expect(parsed.request == .help)
  }

  @Test(
    arguments: [
      (["--colour"], "unknown option '--colour'; did you mean '--color'?"),
      (["generate", "--temprature", "1"], "unknown option '--temprature'; did you mean '--temperature'?"),
      (["-z"], "unknown option '-z'"),
      (
        ["-t", "-1"],
        "-t must be a number of at least 0 (0 is greedy, inf is uniform, 1 is off), but it is '-1'"
      ),
      (["--top-p=2"], "--top-p must be between 0 and 1 (1 is off), but it is '2'"),
      (["-p", "nan"], "-p must be between 0 and 1 (1 is off), but it is 'nan'"),
      (["-k", "x"], "-k must be a whole number of at least 0 (0 is off), but it is 'x'"),
      (["-k", "1.5"], "-k must be a whole number of at least 0 (0 is off), but it is '1.5'"),
      (
        ["-k", "99999999999999999999"],
        "-k is too large: '99999999999999999999'; the largest is 9223372036854775807"
      ),
      (["--eta", "1"], "--eta must be at least 0 and below 1 (0 is off), but it is '1'"),
      (
        ["--order", "x"],
        "--order takes hf, llama.cpp, vllm or some of \(StepName.allCases.map(\.rawValue).joined(separator: ";")), not 'x'"
      ),
      (["--seed", "-1"], "--seed takes a whole number from 0 to 2^64 - 1, not '-1'"),
      (["--threads", "0"], "--threads takes a whole number from 1 to 256, not '0'"),
      (["generate", "x", "-n", "-1"], "-n takes a whole number of at least 0, not '-1'"),
      (["next", "x", "--top", "0"], "--top takes a whole number of at least 1, not '0'"),
      (["next", "x", "--format", "csv"], "--format takes table or json, not 'csv'"),
      (["next", "--ids", "1 -2"], "--ids takes token ids such as \"3666 12507\"; '-2' is none"),
      (
        ["generate", "x", "-n", "99999999999999999999"],
        "-n is too large: '99999999999999999999'; the largest is 9223372036854775807"
      ),
      (
        ["-k", "-99999999999999999999"],
        "-k must be a whole number of at least 0 (0 is off), but it is '-99999999999999999999'"
      ),
      (
        ["next", "--ids", "1 99999999999999999999"],
        "--ids takes token ids such as \"3666 12507\"; '99999999999999999999' is too large"
      ),
      (["--greedy=1"], "--greedy takes no value"),
      (
        ["--greedy", "-t", "1"],
        "--greedy means a temperature of 0, but there is also -t 1; leave one of them out"
      ),
      (
        ["--temperature=.5", "next", "x", "--greedy"],
        "--greedy means a temperature of 0, but there is also --temperature .5; leave one of them out"
      ),
      (
        ["next", "x", "--ascii"],
        "unknown option '--ascii'; it belongs to the visualizer ('gpt2-viz' without a command)"
      ),
      (
        ["score", "x", "--seed", "1"],
        "unknown option '--seed'; it belongs to the visualizer ('gpt2-viz' without a command), 'gpt2-viz generate', 'gpt2-viz beam', 'gpt2-viz next', 'gpt2-viz filter' or 'gpt2-viz study'"
      ),
      (
        ["--", "next", "--seed", "1"],
        "'--seed' stands behind '--', where everything is text; options go before '--'"
      ),
      (
        ["generate", "a", "--", "-n", "1"],
        "'-n' stands behind '--', where everything is text; options go before '--'"
      ),
      (["--", "next", "x"], "one text is expected, but 'x' follows it; put the whole text in quotes"),
      (["--top-k"], "--top-k needs a value: --top-k N"),
      (["next", "a", "b"], "one text is expected, but 'b' follows it; put the whole text in quotes"),
      (["genrate", "a"], "unknown command 'genrate'; did you mean 'generate'?"),
      (
        ["--greedy", "tokenize", "x"],
        "'tokenize' has no option --greedy; it belongs to the visualizer ('gpt2-viz' without a command), 'gpt2-viz generate', 'gpt2-viz beam', 'gpt2-viz next' or 'gpt2-viz filter'"
      ),
      (["--", "--greedy", "x"], "one text is expected, but 'x' follows it; put the whole text in quotes"),
    ] as [([String], String)])
  func complainsInOneSentence(words: [String], sentence: String) {
    #expect(complaint(words) == sentence)
  }

  @Test func everyOptionHasItsOwnNamesAndHelp() {
    for command in Command.descriptions {
      let names = command.options.map(\.name)
      let letters = command.options.compactMap(\.letter)
      #expect(Set(names).count == names.count, "\(command.name): \(names)")
      #expect(Set(letters).count == letters.count, "\(command.name): \(letters)")
      #expect(command.options.allSatisfy { !$0.help.isEmpty })
    }
  }
}

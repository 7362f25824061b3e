import LMCore
import TerminalTestSupport
import TestSupport
import Testing

@testable import gpt2_viz

/// The config file, the environment and the command line, each over the one before it.
@Suite struct ConfigTests {
  private let folder: TemporaryFolder
  private let file: String

  init() throws {
    folder = try TemporaryFolder()
    try folder.makeFolder("gpt2-viz")
    file = folder.path + "/gpt2-viz/config"
  }

  private func run(
    _ words: [String], file text: String?, _ environment: [String: String] = [:]
  ) throws -> ProgramRun {
    if let text { try folder.write("gpt2-viz/config", text) }
    return try ProgramRun(
      words, environment: ["XDG_CONFIG_HOME": folder.path].merging(environment) { $1 })
  }

  private func setting(
    _ name: String, file text: String?, _ environment: [String: String] = [:], _ words: [String] = []
  ) throws -> JSON {
    let json = try run(["config", "--format", "json"] + words, file: text, environment).json()
    return try #require(json["settings"]?.array?.first { $0["name"] == JSON(name) })
  }

  @Test(
    arguments: [
      (nil, nil, nil, "40", "file"), ("7", nil, nil, "7", "environment"), ("7", "3", nil, "3", "option"),
      (nil, "3", nil, "3", "option"), (nil, nil, "greedy", "0", "option"),
      (nil, "9", "greedy", "9", "option"), ("", nil, nil, "40", "file"),
    ] as [(String?, String?, String?, String, String)])
  func theLaterLayerWins(
    variable: String?, option: String?, preset: String?, value: String, source: String
  ) throws {
    let words = (option.map { ["-k", $0] } ?? []) + (preset.map { ["--preset", $0] } ?? [])
    let environment = variable.map { ["GPT2_VIZ_TOP_K": $0] } ?? [:]
    let json = try setting("top-k", file: "top-k = 40\n", environment, words)
    #expect(json["value"] == .number(value))
    #expect(json["source"] == JSON(source))
  }

  @Test func aPresetIsTheSourceOfItsKnobs() throws {
    let json = try setting("top-p", file: "# mine\n\npreset = nucleus-0.9\n")
    #expect(json["value"] == .number("0.9"))
    #expect(json["place"] == JSON(file + ":3"))
    #expect(json["through"] == "preset")
    // In one layer a knob beats the preset wherever it stands, as on the command line.
    let knob = try setting("top-p", file: "top-p = 0.5\npreset = nucleus-0.9\n")
    #expect(knob["value"] == .number("0.5"))
    // The order belongs to no strategy.
    let order = try setting("order", file: "order = llama.cpp\n", [:], ["--preset", "nucleus"])
    #expect(order["value"] == "llama.cpp")
  }

  @Test func commandsFollowTheFile() throws {
    let text = "top-k = 3 # three\r\n  tokens=4\r\nseed = 9\r\nformat-of-nothing-is-no-setting\r\n"
    let wrong = try run(["next", "a"], file: text)
    #expect(wrong.code == 2)
    #expect(wrong.output == "")
    #expect(
      wrong.errors
        == "gpt2-viz: \(file):4: 'format-of-nothing-is-no-setting' is no setting; write: name = value\n"
        + "Try 'gpt2-viz help config'.\n")
    let right = try run(
      ["generate", "Once upon", "--format", "jsonl"],
      file: "\u{FEFF}top-k = 3 # three\r\n  tokens=4\r\nseed = 9\r\n"
    ).jsonLines()
    let byHand = try ProgramRun(
      ["generate", "Once upon", "--format", "jsonl", "-k", "3", "-n", "4", "--seed", "9"]).jsonLines()
    #expect(right.dropLast() == byHand.dropLast())
    #expect(right.count == 6)
  }

  @Test(
    arguments: [
      ("top-p = 2", ":1: top-p must be between 0 and 1 (1 is off), but it is '2'"),
      ("\n\ntop_p = 1", ":3: there is no setting 'top_p'; did you mean 'top-p'?"),
      ("= 1", ":1: a name is missing before '='"),
      ("seed = # none", ":1: seed has no value; write: seed = value"),
      ("ascii = maybe", ":1: ascii takes true or false, not 'maybe'"),
      ("[sampler]", ":1: '[sampler]' is no setting; write: name = value"),
      ("temperature = 0,7", ":1: temperature must be a number of at least 0"),
      ("nonsense = true", ":1: there is no setting 'nonsense'\n"),
      ("greedy = true", ":1: 'greedy' is for the command line alone"),
      ("format = json", ":1: 'format' is for the command line alone"),
    ])
  func whatIsWrongIsNamedByFileAndLine(text: String, complaint: String) throws {
    for words in [["config"], ["next", "a"], ["tokenize", "a"]] {
      let run = try run(words, file: text)
      #expect(run.code == 2)
      #expect(run.output == "")
      #expect(run.errors.hasPrefix("gpt2-viz: " + file + complaint), "\(run.errors)")
    }
  }

  @Test func aFileThatIsNoTextIsNamedByItsLine() throws {
    try folder.write("gpt2-viz/config", Array("seed = 1\n# caf".utf8) + [0xE9, 0x0A])
    let run = try run(["config"], file: nil)
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: \(file):2: this is not UTF-8"), "\(run.errors)")
  }

  @Test func helpIsHadHoweverWrongTheFileIs() throws {
    for words in [["help"], ["--version"], ["next", "--help"], ["help", "config"]] {
      #expect(try run(words, file: "nonsense").code == 0)
    }
  }

  @Test func aVariableThatIsWrongIsNamed() throws {
    let run = try run(["next", "a"], file: nil, ["GPT2_VIZ_TOP_P": "2"])
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: GPT2_VIZ_TOP_P must be between 0 and 1"))
  }

  @Test func theFileIsFoundAsXDGSays() throws {
    func place(_ environment: [String: String]) throws -> JSON? {
      try ProgramRun(["config", "--format", "json"], environment: environment).json()["file"]
    }
    #expect(try place(["XDG_CONFIG_HOME": "/x"]) == "/x/gpt2-viz/config")
    #expect(try place(["HOME": "/h"]) == "/h/.config/gpt2-viz/config")
    #expect(try place(["HOME": "/h", "XDG_CONFIG_HOME": "relative"]) == "/h/.config/gpt2-viz/config")
    #expect(try place(["HOME": "", "XDG_CONFIG_HOME": ""]) == .null)
    #expect(try place(["GPT2_VIZ_CONFIG": "/dev/null"]) == "/dev/null")
  }

  @Test func aFileThatIsNamedMustBeThere() throws {
    let run = try ProgramRun(["next", "a"], environment: ["GPT2_VIZ_CONFIG": "/nonexistent/config"])
    #expect(run.code == 1)
    #expect(run.errors == "gpt2-viz: cannot read /nonexistent/config: No such file or directory\n")
  }

  @Test func kernelsThatThisProcessorLacksAreAUsageError() throws {
    let run = try ProgramRun(["next", "a"], environment: ["GPT2_VIZ_CPU": "nonsense"])
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: GPT2_VIZ_CPU is \"nonsense\", but this CPU can run only "))
    #expect(try ProgramRun(["help"], environment: ["GPT2_VIZ_CPU": "nonsense"]).code == 0)
  }

  @Test func aModelBelowHomeIsFound() throws {
    let json = try setting("model", file: "model = ~/models/gpt2", ["HOME": "/h"])
    #expect(json["value"] == "/h/models/gpt2")
  }

  @Test func everySettingIsInTheTable() throws {
    let table = try run(["config"], file: "no-mouse = true\n").output
    for option in SettingLayers.configurableOptions(of: Command.descriptions) {
      #expect(table.contains("\n\(option.name) "), "\(option.name)")
    }
    #expect(table.contains(file + ":1"))
  }

  /// What the program says is set can be written into the file and says the same.
  @Test func theValuesShownAreValuesOfTheFile() throws {
    let words = ["-t", "inf", "--preset", "top-k-40", "--seed", "5", "--ascii", "--color", "never"]
    let shown = try run(["config", "--format", "json"] + words, file: nil).json()["settings"]!.array!
    let lines = shown.filter { $0["value"] != .null && $0["name"] != "preset" }.map { setting in
      "\(setting["name"]!.string!) = \(setting["value"]!.string ?? setting["value"]!.description)"
    }
    let again = try run(
      ["config", "--format", "json"], file: lines.joined(separator: "\n")
    ).json()["settings"]!.array!
    for (first, second) in zip(shown, again) where first["name"] != "preset" {
      #expect(first["value"] == second["value"], "\(first["name"]!)")
    }
  }

  @Test(
    arguments: [
      ("GPT2_VIZ_TOPK", "GPT2_VIZ_TOPK means nothing; did you mean GPT2_VIZ_TOP_K?"),
      ("GPT2_VIZ_FOO", "GPT2_VIZ_FOO means nothing"),
      (
        "GPT2_VIZ_PENALTY_LAST_N",
        "GPT2_VIZ_PENALTY_LAST_N means nothing; here it is GPT2_VIZ_REPEAT_LAST_N"
      ),
      ("GPT2_VIZ_TEMPRATURE", "GPT2_VIZ_TEMPRATURE means nothing; did you mean GPT2_VIZ_TEMPERATURE?"),
      ("GPT2_VIZ_SOMETHING", "GPT2_VIZ_SOMETHING means nothing"),
      ("GPT2_VIZ_RESUME", "GPT2_VIZ_RESUME means nothing: --resume is for the command line alone"),
    ])
  func aVariableThatMeansNothingIsSaid(name: String, sentence: String) throws {
    let plain = try run(["next", "a"], file: nil)
    let warned = try run(["next", "a"], file: nil, [name: "7"])
    #expect(warned.code == 0)
    #expect(warned.output == plain.output)
    #expect(warned.errors == "gpt2-viz: \(sentence)\n")
    #expect(try run(["next", "a"], file: nil, [name: ""]).errors == "")
    #expect(try run(["help"], file: nil, [name: "7"]).errors == "")
    let pty = try Pty(
      Pty.product("gpt2-viz"), columns: 110, rows: 34, environment: [name: "7", "HOME": folder.path])
    #expect(pty.wait(for: sentence), "\(pty.screen.text)")
  }

  @Test func variablesThatMeanSomethingAreNotSaid() throws {
    let environment = ["GPT2_VIZ_CONFIG": "/dev/null", "GPT2_VIZ_CPU": "scalar", "GPT2_VIZ_THEME": "dark"]
    #expect(try run(["next", "a"], file: nil, environment).errors == "")
  }
}

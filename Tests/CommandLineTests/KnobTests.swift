import LMCore
import TestSupport
import Testing

@testable import Visualizer
@testable import gpt2_viz

/// Every knob of the sampler chain is found wherever a user meets knobs.
@Suite struct KnobTests {
  private func value(of knob: KnobDescription) -> String {
    knob.words.last ?? (knob.name == "mirostat" ? "2" : knob.isWhole ? "3" : "0.925")
  }

  /// A JSON member as an option takes it.
  private func text(_ value: JSON?) -> String? {
    value?.string ?? value?.double.map { NumberFormat.shortest($0) }
  }

  @Test(arguments: KnobDescription.all.map(\.name)) func isAnOptionWithHelp(name: String) throws {
    let knob = try #require(KnobDescription.all.first { $0.name == name })
    let help = try ProgramRun(["help", "generate"]).output
    #expect(help.contains("--\(knob.optionName) \(knob.placeholder)"))
    let flat = help.split { $0.isWhitespace }.joined(separator: " ")
    #expect(flat.contains("\(knob.help): \(knob.range)"))
    let run = try ProgramRun(["next", "Once", "--\(knob.optionName)", value(of: knob), "--format", "json"])
    #expect(try text(run.json()["settings"]?[knob.name]) == value(of: knob))
  }

  @Test(arguments: KnobDescription.all.map(\.name)) func isAKeyOfTheConfigFileAndAVariable(name: String)
    throws
  {
    let knob = try #require(KnobDescription.all.first { $0.name == name })
    let folder = try TemporaryFolder()
    try folder.makeFolder("gpt2-viz")
    try folder.write("gpt2-viz/config", "\(knob.optionName) = \(value(of: knob))\n")
    let variable = "GPT2_VIZ_" + knob.name.uppercased()
    for environment in [["XDG_CONFIG_HOME": folder.path], [variable: value(of: knob)]] {
      let json = try ProgramRun(["config", "--format", "json"], environment: environment).json()
      let setting = json["settings"]?.array?.first { $0["name"] == JSON(knob.optionName) }
      #expect(text(setting?["value"]) == value(of: knob))
    }
  }

  @Test(arguments: KnobDescription.all.map(\.name)) func isAKeyOfALesson(name: String) throws {
    let knob = try #require(KnobDescription.all.first { $0.name == name })
    let parsed = try LessonSettingsParser.parse("\(knob.optionName) \(value(of: knob))")
    var expected = SamplingSettings()
    #expect(knob.set(value(of: knob), in: &expected))
    #expect(parsed == expected)
    #expect(throws: LessonProblem.self) { try LessonSettingsParser.parse("\(knob.optionName) x") }
  }
}

import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

/// Presets that a user names himself, in the config file or on the command line.
@Suite struct OwnPresetTests {
  private func run(_ words: [String], config: String) throws -> ProgramRun {
    let folder = try TemporaryFolder()
    try folder.write("gpt2-viz/config", config)
    return try ProgramRun(words, environment: ["XDG_CONFIG_HOME": folder.path])
  }

  private let definition = "define-preset = mine: temperature 1.5, min-p 0.1, order llama.cpp\n"

  @Test func theConfigFileNamesOne() throws {
    let json = try run(["next", "Once", "--preset", "mine", "--format", "json"], config: definition).json()
    #expect(json["settings"]?["min_p"]?.double == 0.1)
    #expect(json["settings"]?["order"]?.string == "llama.cpp")
    #expect(json["order"] == ["min_p", "temperature"])
  }

  @Test func theFileMayUseItToo() throws {
    let json = try run(["next", "Once", "--format", "json"], config: "preset = mine\n" + definition).json()
    #expect(json["settings"]?["temperature"]?.double == 1.5)
  }

  @Test func anUnknownOneIsRefusedWhereItIsNamed() throws {
    let run = try run(["next", "Once", "--preset", "yours"], config: definition)
    #expect(run.code == 2)
    #expect(run.errors.contains("--preset takes nucleus, greedy, "))
    #expect(run.errors.contains("not 'yours'"))
  }

  /// Also where the command has no use for it.
  @Test(arguments: [["models"], ["config"], ["next", "Once"]])
  func anUnknownOneOfTheFileEndsEveryCommand(words: [String]) throws {
    let run = try run(words, config: "preset = yours\n")
    #expect(run.code == 2)
    #expect(run.errors.contains("config:1: preset takes nucleus"), "\(run.errors)")
  }

  @Test(
    arguments: [
      ("mine", "takes a name and settings"), ("nucleus: top-k 4", "\"nucleus\" cannot name a preset"),
      ("a b: top-k 4", "\"a b\" cannot name a preset"), ("mine: top-q 4", "\"top-q 4\" is no setting"),
      ("mine: top-p 4", "top-p must be between 0 and 1"),
    ])
  func aWrongDefinitionIsRefused(text: String, words: String) throws {
    let run = try ProgramRun(["next", "Once", "--define-preset", text])
    #expect(run.code == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test func theScreenListsAndComparesIt() throws {
    let folder = try TemporaryFolder()
    try folder.write("gpt2-viz/config", definition)
    let run = try ProgramRun(
      ["--plain", "--compare", "mine", "--no-save"], input: Array("v\n".utf8),
      environment: ["XDG_CONFIG_HOME": folder.path])
    #expect(
      run.output.contains("B, Sampler: top-k off then top-p off then min-p 0.10 then T 1.50."),
      "\(run.output)")
    #expect(run.output.contains("1: mine: Your own: temperature 1.5, min-p 0.1, order llama.cpp"))
  }
}

import Glibc
import LMCore
import Testing

@testable import gpt2_viz

@Suite struct HelpTests {
  @Test(arguments: [["help"], ["--help"], ["-h"], ["--no-color", "-h"]])
  func overviewNamesEveryCommand(words: [String]) throws {
    let run = try ProgramRun(words)
    #expect(run.code == 0)
    #expect(run.errors == "")
    for command in Command.descriptions {
      #expect(run.output.contains("gpt2-viz \(command.name.isEmpty ? "[PROMPT]" : command.name) "))
    }
  }

  @Test(arguments: Command.descriptions.dropFirst().map(\.name))
  func everyCommandHasAPage(name: String) throws {
    let page = try ProgramRun(["help", name])
    #expect(page.code == 0)
    #expect(page.output.hasPrefix("gpt2-viz \(name): "))
    #expect(try ProgramRun([name, "--help"]).output == page.output)
    #expect(try ProgramRun([name, "-h"]).output == page.output)
  }

  @Test(arguments: Command.descriptions.map(\.name))
  func pagesFitATerminal(name: String) throws {
    for line in try ProgramRun(["help", name]).output.split(separator: "\n") {
      // Examples are to be copied and stand on a line of their own.
      #expect(
        line.count <= HelpPage.width || line.hasPrefix("  gpt2-viz ") || line.hasPrefix("  echo "), "\(line)")
    }
  }

  @Test func versionNeedsNoModel() throws {
    let run = try ProgramRun(["--version"], environment: ["GPT2_VIZ_MODEL": "/nonexistent"])
    #expect(run.output == "gpt2-viz \(programVersion)\n")
    #expect(run.code == 0)
    #expect(try ProgramRun(["-V"]).output == run.output)
    let verbose = try ProgramRun(["--version", "-v"])
    #expect(verbose.output.hasPrefix(run.output))
    #expect(verbose.output.contains("Swift"))
    let forced = try ProgramRun(["--version", "-v"], environment: ["GPT2_VIZ_CPU": "scalar"])
    #expect(forced.output.contains("kernels scalar; OpenBLAS core "))
  }

  @Test(
    .enabled(if: dlsym(nil, "gotoblas_dynamic_init") != nil, "this OpenBLAS was built for one processor"))
  func theCoreThatTheUserNamesStands() throws {
    let core = Kernels.available.contains { $0.name == "neon" } ? "ARMV8" : "Nehalem"
    let run = try ProgramRun(["--version", "-v"], environment: ["OPENBLAS_CORETYPE": core])
    #expect(run.output.contains("OpenBLAS core \(core)\n"))
  }

  @Test func helpWinsOverAMissingModel() throws {
    let run = try ProgramRun(["-m", "/nonexistent", "generate", "--help"])
    #expect(run.code == 0)
    #expect(run.output.hasPrefix("gpt2-viz generate"))
  }

  @Test func unknownTopicIsAUsageError() throws {
    let run = try ProgramRun(["help", "genrate"])
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: there is no command 'genrate'; did you mean 'generate'?\n"))
  }

  /// A replay runs no model and draws nothing: only what draws the recorded screen is offered.
  @Test func aReplayOffersOnlyWhatItDoes() throws {
    let general = OptionGroup.general.options.map(\.name)
    let replay = try #require(Command.descriptions.first { $0.name == "replay" })
    #expect(
      replay.options.map(\.name).filter { !general.contains($0) } == ["plain", "ascii", "theme", "no-mouse"])
    #expect(try ProgramRun(["replay", "x.jsonl", "--no-look-ahead"]).code == 2)
  }
}

import Foundation
import TerminalTestSupport
import TestSupport
import Testing

/// What hostile inputs did to the whole program once.
@Suite struct HostileInputTests {
  private func tinyModel(endOfText: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let plain = TestFiles.repository.path + "/Tests/LMCoreTests/Fixtures/Models/plain/"
    let text = try String(contentsOfFile: plain + "config.json", encoding: .utf8)
    try folder.write(
      "config.json",
      text.replacingOccurrences(of: "\"eos_token_id\": 0", with: "\"eos_token_id\": \(endOfText)"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/model.safetensors", withDestinationPath: plain + "model.safetensors")
    return folder
  }

  @Test(arguments: ["50256", "-1", "[101, 9223372036854775807]"])
  func anEndOfTextThatTheModelHasNotIsNone(_ id: String) throws {
    let folder = try tinyModel(endOfText: id)
    for command in ["next", "generate", "logits"] {
      let format = command == "generate" ? ["--format", "jsonl"] : []
      let run = try ProgramRun([command, "--ids", "", "-m", folder.path] + format)
      #expect(run.code == 1, "\(command): \(run.code)")
      #expect(run.errors.contains("no token <|endoftext|>"), "\(run.errors)")
    }
  }

  @Test func aLessonReadsNoPipeAndNoStandardInput() throws {
    let folder = try TemporaryFolder()
    mkfifo(folder.path + "/pipe", 0o600)
    for place in ["pipe", "/dev/zero", "-"] {
      let lesson = try folder.write("a.lesson", "title: A\nscore: \(place)\nPress a key.\n")
      let run = try ProgramRun(["lesson", lesson, "--print"], input: Array("Once. A fox.".utf8))
      #expect(run.code == 1, "\(place)")
      #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }
  }

  /// A trace of three rows a step that names 16,777,216 tokens took 2 GB.
  @Test(.enabled(if: !Sanitizer.isAtWork, "the sanitizer needs more memory than the limit"))
  func aTraceOfAVastVocabularyCostsItsRows() throws {
    let trace = TestFiles.repository.path + "/Tests/FuzzSupport/Seeds/vast.jsonl"
    let run = try ProgramRun(
      ["-c", "ulimit -v 1500000; exec gpt2-viz replay --plain '\(trace)'"], executable: "/bin/sh")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("Next: 4,096 of 16,777,216 tokens are kept"))
    #expect(run.output.contains("\n3: "))
    // What was not recorded is not invented.
    #expect(!run.output.contains("\n4: "))
  }

  /// Bytes of a pipe stopped the program for good.
  @Test func aControlZInAPipeStopsNothing() throws {
    let run = try ProgramRun(["--plain", "Once"], input: Array("l\u{1A}lq".utf8))
    #expect(run.code == 0)
    #expect(run.output.contains("Step 2:"))
  }

  @Test func aConfigFileCommandsNoTerminal() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "config", "\u{1B}]0;owned\u{7}" + String(repeating: "x", count: 3000) + " = 1\n")
    let run = try ProgramRun(["config"], environment: ["GPT2_VIZ_CONFIG": file])
    #expect(run.code == 2)
    #expect(!run.errors.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    #expect(run.errors.count < 700)
  }
}

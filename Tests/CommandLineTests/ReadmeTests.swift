import Foundation
import HubTestSupport
import TerminalTestSupport
import TestSupport
import Testing

@testable import gpt2_viz

/// What the README and the help pages show must run as shown.
@Suite struct ReadmeTests {
  /// The lines of the shell blocks that call the program.
  private static let lines: [String] = {
    let path = TestFiles.repository.appending(path: "README.md").path
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    return blocks.filter { $0.hasPrefix("sh\n") }.flatMap { $0.split(separator: "\n").dropFirst() }
      .map(String.init).filter { line in
        line.contains("gpt2-viz ")
          && (["--plain"] + Command.descriptions.dropFirst().map(\.name)).contains {
            line.contains("gpt2-viz \($0)")
          }
      }
  }()

  /// Those that stand for themselves, and open no screen.
  private static let commands = lines.filter { line in
    !["story.jsonl", "beams.jsonl", "prompts.txt"].contains { line.contains($0) }
  }

  @Test func showsEveryCommand() {
    for command in Command.descriptions.dropFirst() {
      #expect(Self.lines.contains { $0.contains("gpt2-viz \(command.name)") }, "\(command.name)")
    }
  }

  /// What is fetched comes from a hub that has the built-in model under every name that is shown.
  private static func run(_ command: String) throws -> ProgramRun {
    let hub = try StorytellerHub(
      "gpt2", "distilgpt2", "openai-community/gpt2", "HuggingFaceTB/SmolLM2-135M-Instruct",
      "bartowski/SmolLM2-135M-Instruct-GGUF")
    let server = try FakeModelServer(.llamaServer)
    defer { server.stop() }
    let own = command.components(separatedBy: "http://127.0.0.1:8080").joined(separator: server.address)
    return try ProgramRun.shell("set -o pipefail; " + own, environment: hub.environment)
  }

  @Test(arguments: commands)
  func runs(command: String) throws {
    let run = try Self.run(command)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output != "")
    // How a download goes is told there.
    if !command.contains("download") { #expect(run.errors == "") }
  }

  /// The picture and the text are the same screen, word for word.
  @Test func thePictureIsTheScreen() throws {
    let folder = TestFiles.repository.path
    let readme = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
    let picture = try String(contentsOfFile: folder + "/Documentation/screen.svg", encoding: .utf8)
    let screen = try #require(
      readme.components(separatedBy: "```text\n").dropFirst().first?.components(separatedBy: "```").first)
    #expect(readme.contains("](Documentation/screen.svg)"))
    let shown = picture.components(separatedBy: "<text ").dropFirst().map { text in
      text.prefix { $0 != "<" }.drop { $0 != ">" }.dropFirst()
    }.joined(separator: " ").split(separator: " ")
    let blocks = Set("▏▎▍▌▋▊▉█▁▂▃▄▅▆▇│─┌┐└┘├┤┬┴╭╮╰╯┄━┈".unicodeScalars)
    let words = screen.split(whereSeparator: \.isWhitespace)
      .filter { word in !word.unicodeScalars.contains { blocks.contains($0) } }
    #expect(words.count > 100)
    for word in words { #expect(shown.contains(word), "\(word)") }
  }

  /// The lines about one file, in their order.
  @Test(arguments: [("story", ["html", "svg"]), ("beams", ["html"])])
  func theTraceIsWrittenReplayedAndDrawn(name: String, endings: [String]) throws {
    let folder = try TemporaryFolder()
    let lines = Self.lines.filter { $0.contains(name + ".jsonl") }
    #expect(lines.count == 2 + endings.count)
    for line in lines where !line.contains("replay") {
      let run = try ProgramRun.shell("cd '\(folder.path)' && " + line)
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output + run.errors == "")
    }
    for ending in endings {
      #expect(FileManager.default.fileExists(atPath: folder.path + "/\(name).\(ending)"))
    }
    let words = try #require(lines.first { $0.contains("replay") }).split(separator: " ").dropFirst()
    let pty = try Pty(
      "/bin/bash",
      ["-c", "cd '\(folder.path)' && exec '\(ProgramRun.executable)' \(words.joined(separator: " "))"],
      columns: 110, rows: 34)
    #expect(pty.wait(for: "replay"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  /// The line that is shown for plain mode is one of those that its command gives.
  @Test func plainModeSaysWhatIsShown() throws {
    let command = try #require(Self.commands.first { $0.contains("gpt2-viz --plain") })
    let path = TestFiles.repository.appending(path: "README.md").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let shown = try #require(text.split(separator: "\n").first { $0.hasPrefix("Step 1: ") })
    #expect(try Self.run(command).output.contains("\n\(shown)\n"))
  }

  /// Examples that name a file or folder of the reader's own only have to be understood.
  @Test(arguments: Command.descriptions.flatMap(\.examples))
  func helpExamplesRun(example: String) throws {
    let run = try Self.run(example)
    if ["story.txt", "story.jsonl", "prompts.txt", "~/models"].contains(where: example.contains) {
      #expect(run.code == 1)
      #expect(run.errors.hasPrefix("gpt2-viz: cannot read "), "\(run.errors)")
    } else {
      #expect(run.code == 0, "\(run.errors)")
    }
  }
}

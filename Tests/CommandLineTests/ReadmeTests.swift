import Foundation
import Testing

@testable import gpt2_viz

/// What the README and the help pages show must run as shown.
@Suite struct ReadmeTests {
  /// The lines of the shell blocks that call the program, but for those that open a screen.
  private static let commands: [String] = {
    let path = TestFiles.repository.appending(path: "README.md").path
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    return blocks.filter { $0.hasPrefix("sh\n") }.flatMap { $0.split(separator: "\n").dropFirst() }
      .map(String.init).filter { line in
        line.contains("gpt2-viz ")
          && (["--plain"] + Command.all.dropFirst().map(\.name)).contains { line.contains("gpt2-viz \($0)") }
      }
  }()

  @Test func showsEveryCommand() {
    for command in Command.all.dropFirst() {
      #expect(Self.commands.contains { $0.contains("gpt2-viz \(command.name)") }, "\(command.name)")
    }
  }

  /// What is fetched comes from a hub that has the built-in model under every name that is shown.
  private static func run(_ command: String) throws -> ProgramRun {
    let hub = try StorytellerHub("gpt2", "distilgpt2", "openai-community/gpt2")
    return try ProgramRun.shell("set -o pipefail; " + command, environment: hub.environment)
  }

  @Test(arguments: commands)
  func runs(command: String) throws {
    let run = try Self.run(command)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output != "")
    // How a download goes is told there.
    if !command.contains("download") { #expect(run.errors == "") }
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
  @Test(arguments: Command.all.flatMap(\.examples))
  func helpExamplesRun(example: String) throws {
    let run = try Self.run(example)
    if example.contains("story.txt") || example.contains("~/models") {
      #expect(run.code == 1)
      #expect(run.errors.hasPrefix("gpt2-viz: cannot read "), "\(run.errors)")
    } else {
      #expect(run.code == 0, "\(run.errors)")
    }
  }
}

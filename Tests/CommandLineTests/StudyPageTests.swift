import Foundation
import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

/// The page that `study -o` writes.
@Suite struct StudyPageTests {
  private func page(_ options: String...) throws -> String {
    let folder = try TemporaryFolder()
    let prompts = try folder.write("prompts.txt", "Once upon a time\nThe king said\nIn the wood\n")
    let sentence = "The miller had three sons, his mill, an ass and a cat. "
    let human = try folder.write("human.txt", String(repeating: sentence, count: 12))
    let path = folder.path + "/study.html"
    let run = try ProgramRun(
      [
        "study", prompts, "-n", "24", "-o", path, "--human", human, "--strategy", "greedy", "--strategy",
        "beam 2",
        "--strategy", "pure, top-k 9",
      ] + options, environment: ["XDG_STATE_HOME": folder.path])
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("greedy"))
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func hasTheTableAndTheFigures() throws {
    let page = try page()
    for part in [
      "<h2>All measures</h2>", "<h2>Perplexity of the texts under the model</h2>",
      "<h2>Texts that end in a loop</h2>", "<h2>Self-BLEU4</h2>", "<h2>Zipf&#39;s law</h2>",
      "<h2>How much of the probability the k most probable tokens have</h2>", "<td>beam 2</td>",
      "pure, top-k 9", "prefers-color-scheme: dark",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    // Nothing is fetched, nothing runs.
    #expect(!page.contains("<script") && !page.contains("http://www.w3.org/1999"))
    #expect(page.matches(of: /src=|href="(?!data:)/).isEmpty)
    #expect(!page.contains("nan") && !page.contains("inf "))
  }

  @Test func aThemeIsChosen() throws {
    let page = try page("--theme", "dark")
    #expect(!page.contains("prefers-color-scheme: dark"))
    #expect(page.contains("content=\"dark\""))
  }

  @Test func wrongNamesAreRefused() throws {
    let run = try ProgramRun(["study", "p.txt", "-o", "study.svg"])
    #expect(run.code == 2 && run.errors.contains("ends in .html"), "\(run.errors)")
    let theme = try ProgramRun(["study", "p.txt", "--theme", "blue"])
    #expect(theme.code == 2)
  }
}

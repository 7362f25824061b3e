import Foundation
import HubTestSupport
import TestSupport
import Testing

/// The report on a text of which a server told the first ranks only.
@Suite struct ServedReportTests {
  @Test(arguments: ["report.html", "report.svg"])
  func whatWasNotToldIsSaid(name: String) throws {
    let server = try FakeModelServer(.vLLM)
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let trace = try ProgramRun([
      "generate", "-m", server.address, "a", "-n", "4", "--known-only", "--format", "jsonl",
    ])
    try #require(trace.code == 0, "\(trace.errors)")
    let path = try folder.write("served.jsonl", trace.output)
    let file = folder.path + "/" + name
    #expect(try ProgramRun(["report", path, "-o", file]).code == 0)
    let markup = try String(contentsOfFile: file, encoding: .utf8)
    #expect(markup.contains("280 not told"))
    #expect(markup.contains("in tokens that the server did not tell."))
    #expect(!markup.contains("280 more"))
    #expect(!markup.contains("over the whole vocabulary"))
    #expect(!name.hasSuffix("html") || markup.contains("as far as the server told them"))
  }

  @Test func whatWasToldWholeHasNoNote() throws {
    let server = try FakeModelServer(.llamaServer)
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let trace = try ProgramRun([
      "generate", "-m", server.address, "a", "-n", "4", "-k", "5", "--format", "jsonl",
    ])
    let page = try ProgramRun(["report", folder.write("whole.jsonl", trace.output)]).output
    #expect(page.contains("over the whole vocabulary"))
    #expect(!page.contains("not tell") && !page.contains("not told"))
  }
}

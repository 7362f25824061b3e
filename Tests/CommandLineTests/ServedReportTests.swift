import Foundation
import HubTestSupport
import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

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

  /// A forced token that the server did not tell is in no step of ranks: its own part of the legend counts it.
  @Test func aTokenThatWasNotToldHasNoRank() throws {
    let server = try FakeModelServer(.vLLM)
    defer { server.stop() }
    let predictor = try ServedModel.open(
      ServerSettings(try ServerAddress(server.address)), environment: [:]
    ).predictor
    let session = try GenerationSession(predictor: predictor, promptIDs: [3, 1, 4], seed: 1)
    let known = Set(try session.decision.distribution.belief.knownIDs)
    try session.force(try #require((0..<300).first { !known.contains($0) }))
    try session.force(try #require(try session.decision.distribution.belief.knownIDs.first))
    let trace = try session.trace(
      of: predictor.profile, promptBytes: nil, tokenizer: nil, endsText: { _ in false })
    let content = try ReportContent(trace, step: 1)
    #expect(content.decisionTitle.contains(", rank at least 21 of 300"), "\(content.decisionTitle)")
    #expect(ReportText(content).counts == [1, 0, 0, 0, 0, 1])
    let style = ReportStyle(theme: .light)
    for markup in [
      ReportPage(lanes: [content], style: style).markup, ReportPicture(lanes: [content], style: style).markup,
    ] {
      #expect(markup.contains("not told") && markup.contains("rank at least 21"))
    }
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

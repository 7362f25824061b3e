import Foundation
import ModelTestSupport
import Testing

@testable import LMCore

/// Documentation/Traces.md names every member that is written, and none that is not.
@Suite struct TraceDocumentationTests {
  private static let text: String = {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = repository.appending(path: "Documentation/Traces.md").path
    return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }()

  /// The members in the table below a heading, and those of them that are always there.
  private func documented(_ heading: String) throws -> (all: Set<String>, always: Set<String>) {
    let start = try #require(Self.text.range(of: heading + "\n"), "\(heading)")
    var (all, always) = (Set<String>(), Set<String>())
    let section = Self.text[start.upperBound...].components(separatedBy: "\n#")[0]
    for row in section.split(separator: "\n") where row.hasPrefix("| `") {
      let cells = row.split(separator: "|", omittingEmptySubsequences: false)
      let names = cells[1].split(separator: ",").map { $0.trimmingCharacters(in: .init(charactersIn: " `")) }
      all.formUnion(names)
      let isOptional = cells[2].contains("only where") || cells[2].contains("missing where")
      if !isOptional { always.formUnion(names) }
    }
    return (all, always)
  }

  /// Traces that show every member there is.
  private func traces() throws -> [Trace] {
    let session = try TraceSamples.session()
    session.jump(toDepth: 2)
    func trace(of session: GenerationSession, rowCount: Int) throws -> Trace {
      try session.trace(
        of: TraceSamples.model, promptBytes: nil, tokenizer: nil, rowCount: rowCount,
        endsText: { _ in false })
    }
    let following = try GenerationSession(
      predictor: FakePredictor(), promptIDs: [3, 1], following: [5, 6, 7], seed: 4)
    try following.advance()
    var odd = try trace(of: session, rowCount: 3)
    let token = TraceToken(id: 39, text: "café", bytes: Array("café".utf8))
    odd.start.tokens[0] = token
    odd.steps[0].token = token
    return [
      odd, try trace(of: following, rowCount: 3), try TraceSamples.servedTrace(rowCount: 3),
    ] + (try contrastiveTraces())
  }

  /// With one weight for all steps, with a weight of a step's own, and with a token whose text does not tell its bytes.
  private func contrastiveTraces() throws -> [Trace] {
    let whole = try ContrastiveTraceTests.trace(steps: 3)
    var odd = whole
    (odd.start.penaltyAlpha, odd.start.prompt) = (0.1, "")
    odd.steps[0].contrast?.tokens[0] = TraceToken(id: 39, text: "café", bytes: Array("café".utf8))
    return [whole, odd]
  }

  /// All lines of a type, or the objects in a list of theirs.
  private func objects(_ type: String, list: String? = nil) throws -> [JSON] {
    let lines = try traces().flatMap { $0.lines.split(separator: "\n") }.map { try JSON(parsing: String($0)) }
      .filter { $0["type"]?.string == type }
    return list.map { list in
      lines.flatMap { $0[list]?.array ?? [$0[list]].compactMap(\.self) }
    } ?? lines
  }

  @Test(
    arguments: [
      ("start", nil), ("step", nil), ("end", nil), ("step", "rows"), ("step", "head"),
      ("step", "contrastive"),
    ] as [(String, String?)])
  func everyMemberIsDocumented(type: String, list: String?) throws {
    let (all, always) = try documented(list.map { "### `\($0)`" } ?? "## `\(type)`")
    let written = try objects(type, list: list).map {
      Set(($0.members ?? []).map(\.name)).subtracting(["type"])
    }
    #expect(written.count > 1)
    #expect(written.reduce(Set<String>()) { $0.union($1) }.symmetricDifference(all) == [])
    for names in written { #expect(always.subtracting(names) == []) }
  }

  /// "with the members of a step that do not speak of the token"
  @Test func theNextDecisionHasTheMembersOfAStep() throws {
    let step = try documented("## `step`").all
    let ofToken: Set = [
      "index", "id", "token", "piece", "bytes", "forced", "u", "before", "logprob", "rank", "after",
      "contrastive", "penalty_alpha",
    ]
    for end in try objects("end") {
      let next = Set((end["next"]?.members ?? []).map(\.name))
      #expect(next.isSubset(of: step.subtracting(ofToken)))
      #expect(
        next.isSuperset(
          of: step.subtracting(ofToken).subtracting([
            "followed", "settings", "head", "stages", "rows", "untold",
          ])))
    }
  }

  /// The lines of searches that show every member there is.
  private func searches(_ type: String) throws -> [JSON] {
    var traces = try BeamTraceSamples.all.map { BeamTraceSamples.trace(of: try BeamTraceSamples.run($0)) }
    let underWay = try BeamTraceSamples.run(BeamTraceSamples.all[2], steps: 3)
    underWay.back()
    traces.append(BeamTraceSamples.trace(of: underWay))
    var odd = BeamTrace(
      start: traces[0].start, settings: traces[0].settings, limit: traces[0].limit, endOfText: [])
    odd.append(traces[0].steps[0]) { TraceToken(id: $0, text: "café", bytes: Array("café".utf8)) }
    traces.append(odd)
    return try traces.flatMap { $0.lines.split(separator: "\n") }.map { try JSON(parsing: String($0)) }
      .filter { $0["type"]?.string == type }
  }

  @Test func everyMemberOfASearchIsDocumented() throws {
    let steps = try searches("step")
    let texts =
      steps.flatMap { ($0["parents"]?.array ?? []) + ($0["finished"]?.array ?? []) }
      + (try searches("end")).flatMap { $0["sequences"]?.array ?? [] }
    let all: [(String, [JSON])] = [
      ("### `beam`", try searches("start").compactMap { $0["beam"] }), ("### `step` of a search", steps),
      ("### `candidates`", steps.flatMap { $0["candidates"]?.array ?? [] }), ("### Texts of a search", texts),
      ("### `end` of a search", try searches("end")),
    ]
    for (heading, objects) in all {
      let (members, always) = try documented(heading)
      let written = objects.map { Set(($0.members ?? []).map(\.name)).subtracting(["type"]) }
      #expect(written.count > 1)
      #expect(
        written.reduce(Set<String>()) { $0.union($1) }.symmetricDifference(members) == [], "\(heading)")
      for names in written { #expect(always.subtracting(names) == [], "\(heading)") }
    }
    let start = try documented("## `start`").all.union(["beam"])
    for line in try searches("start") {
      #expect(Set((line.members ?? []).map(\.name)).subtracting(["type"]).isSubset(of: start))
    }
  }

  @Test func theVersionIsTheOneThatIsWritten() {
    #expect(
      Self.text.contains(
        "| `version` | \(Trace.version), or \(Trace.highestVersion) in a file of two texts or of a server;")
    )
  }
}

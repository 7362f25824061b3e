import Foundation
import LMCore
import Testing

/// What `transformers`' own processors keep, `filter` keeps.
///
/// The library's tests go through every row of the fixture; here every seventh passes through options, JSON and back.
@Suite struct FilterFixtureTests {
  @Test func keepsWhatTransformersKeeps() throws {
    let path = TestFiles.repository.appending(path: "Tests/LMCoreTests/Fixtures/sampler.json").path
    let fixture = try JSON(parsing: String(contentsOfFile: path, encoding: .utf8))
    let rows = try #require(fixture["rows"]?.array)
    for index in stride(from: 0, to: rows.count, by: 7) { try check(rows[index], fixture) }
  }

  private func check(_ row: JSON, _ fixture: JSON) throws {
    let name = try #require(row["logits"]?.string)
    let logits = try #require(fixture["logits"]?[name])
    var options: [String] = []
    for setting in row["settings"]?.members ?? [] {
      options += [
        "--" + setting.name.replacing("_", with: "-"), setting.value.string ?? setting.value.description,
      ]
    }
    let document: JSON = ["logits": logits, "ids": row["history"] ?? []]
    let run = try ProgramRun(["filter", "-"] + options, input: Array(document.description.utf8))
    let answer = try run.json()

    let label = "\(name) \(options.joined(separator: " "))"
    let ids = (row["kept"]?.array ?? []).flatMap { range in
      let bounds = (range.array ?? []).compactMap(\.int)
      return Array(bounds[0]..<bounds[1])
    }
    let expected = try #require(row["after"]?.doubles)
    let probabilities = try #require(answer["probs"]?.doubles)
    #expect(answer["kept"]?.int == ids.count, "\(label)")
    if row["counts_only"] == true {
      // Which of equal tokens stay is for torch to say, how much they weigh is not.
      let difference =
        zip(expected.sorted(by: >), probabilities.sorted(by: >)).map { abs($0 - $1) }.max() ?? 0
      #expect(difference < 1e-9, "\(label)")
    } else {
      let mask = try #require(answer["mask"]?.array)
      #expect(mask.indices.filter { mask[$0] == 1 } == ids, "\(label)")
      let difference = zip(ids, expected).map { abs(probabilities[$0] - $1) }.max() ?? 0
      #expect(difference < 1e-9, "\(label)")
    }
    let entropy = try #require(answer["entropy_bits"]?.double)
    #expect(abs(entropy - (try #require(row["entropy"]?.double))) < 1e-8, "\(label)")
  }
}

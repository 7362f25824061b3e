import Foundation
import LMCore
import Testing

@Suite struct PrecisionTests {
  private func logits(_ options: String...) throws -> [Double] {
    let answer = try ProgramRun(["logits", "Once upon a time", "--format", "json"] + options).json()
    return answer["logits"]?.array?.compactMap(\.double) ?? []
  }

  @Test func eightBitsAreNearButNotTheSame() throws {
    let exact = try logits()
    let near = try logits("--precision", "int8")
    #expect(exact.count == 4096 && near.count == 4096)
    #expect(try logits("--precision", "f32") == exact)
    #expect(near != exact)
    let worst = zip(exact, near).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 0.5, "of logits that span some twenty")
  }

  @Test func textAndScoreComeFromTheSameNumbers() throws {
    let run = try ProgramRun([
      "generate", "Once upon a time", "-n", "8", "--greedy", "--precision", "int8", "--format", "jsonl",
    ])
    #expect(run.code == 0)
    let steps = run.output.split(separator: "\n").compactMap { try? JSON(parsing: Array($0.utf8)) }
    let ids = steps.compactMap { $0["id"]?.int }
    #expect(ids.count == 8)
    let prompt = try #require(steps.first?["ids"]?.array).compactMap(\.int)
    let text = (prompt + ids).map(String.init).joined(separator: " ")
    let score = try ProgramRun(["score", "--ids", text, "--precision", "int8", "--format", "json"]).json()
    let ranks = score["tokens"]?.array?.suffix(8).map { $0["rank"]?.int }
    #expect(ranks == Array(repeating: 1, count: 8))
  }

  @Test func anotherPrecisionIsRefused() throws {
    let run = try ProgramRun(["next", "a", "--precision", "int4"])
    #expect(run.code == 2)
    #expect(run.errors.contains("--precision takes f32 or int8, not 'int4'"))
  }
}

import LMCore
import Testing

@Suite struct LogitsCommandTests {
  @Test func lastPosition() throws {
    let answer = try ProgramRun(["logits", "Once upon a time"]).json()
    #expect(answer.members?.map(\.name) == ["ids", "shape", "logits"])
    #expect(answer["shape"] == [1, 4096])
    let row = try #require(answer["logits"]?.array)
    #expect(row.count == 4096)
    let ids = try #require(answer["ids"]).description
    #expect(try ProgramRun(["logits", "--ids", ids]).json() == answer)
  }

  @Test func everyPosition() throws {
    let answer = try ProgramRun(["logits", "--ids", "300 301 302", "--all"]).json()
    #expect(answer["shape"] == [3, 4096])
    let rows = try #require(answer["logits"]?.array)
    #expect(rows.count == 3)
    for (position, ids) in ["300", "300 301", "300 301 302"].enumerated() {
      let alone = try #require(try ProgramRun(["logits", "--ids", ids]).json()["logits"]?.array)
      let row = try #require(rows[position].array)
      let difference = zip(row, alone).map { abs(($0.double ?? .nan) - ($1.double ?? .nan)) }.max()
      #expect(try #require(difference) < 2e-4)
    }
  }

  /// Read as a double, too, each is a float: what computes from them in double precision computes from the model's own.
  @Test func digitsAreTheFloats() throws {
    let row = try #require(try ProgramRun(["logits", "The king"]).json()["logits"]?.array)
    for value in row {
      guard case .number(let literal) = value else {
        Issue.record("\(value) is no number")
        return
      }
      #expect(try Double(#require(Float(literal))) == Double(literal))
    }
  }

  @Test(arguments: [("4096", "4096"), ("1 2 99999999", "99999999")])
  func idsOutsideTheVocabulary(ids: String, invalidID: String) throws {
    let run = try ProgramRun(["logits", "--ids", ids])
    #expect(run.code == 1)
    #expect(run.output == "")
    #expect(
      run.errors == "gpt2-viz: token id \(invalidID) is not in the vocabulary of 4,096 tokens (0 to 4095)\n")
  }
}

import LMCore
import TestSupport
import Testing

@Suite struct TokenizeCommandTests {
  @Test func jsonHasIDsTokensAndPieces() throws {
    let answer = try ProgramRun(["tokenize", "Once upon a time", "--format", "json"]).json()
    #expect(answer.members?.map(\.name) == ["ids", "tokens", "pieces"])
    let pieces = try #require(answer["pieces"]?.strings)
    #expect(pieces.joined() == "Once upon a time")
    #expect(answer["tokens"]?.array?.last == "Ġtime")
    #expect(answer["ids"]?.array?.count == pieces.count)
  }

  @Test(arguments: ["  two  ", "a\r\n\t", "\u{FEFF}bom", "naïve 日本語 🙂", "nul\u{0}nul", "<|endoftext|>"])
  func comesBackUnchanged(text: String) throws {
    let ids = try ProgramRun(["tokenize", "-", "--format", "json"], input: Array(text.utf8)).json()["ids"]
    let back = try ProgramRun(["tokenize", "--decode", try #require(ids).description, "--format", "json"])
      .json()
    #expect(back == ["text": JSON(text)])
  }

  @Test func argumentFileAndStandardInputAgree() throws {
    let text = "The king's  daughter \n"
    let folder = try TemporaryFolder()
    let file = try folder.write("text.txt", text)
    let argument = try ProgramRun(["tokenize", text, "--format", "json"])
    #expect(try ProgramRun(["tokenize", "-f", file, "--format", "json"]).output == argument.output)
    #expect(
      try ProgramRun(["tokenize", "-", "--format", "json"], input: Array(text.utf8)).output == argument.output
    )
    #expect(
      try ProgramRun(["tokenize", "-f", "-", "--format=json"], input: Array(text.utf8)).output
        == argument.output)
  }

  @Test func emptyTextHasNoTokens() throws {
    #expect(
      try ProgramRun(["tokenize", "", "--format", "json"]).json() == ["ids": [], "tokens": [], "pieces": []])
    #expect(try ProgramRun(["tokenize", "--decode", "", "--format", "json"]).json() == ["text": ""])
  }

  @Test func tableIsForPeople() throws {
    let run = try ProgramRun(["tokenize", "a\nb"])
    #expect(run.code == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.first?.split(separator: " ") == ["#", "id", "token", "piece"])
    #expect(lines.contains { $0.hasSuffix("⏎") })
    #expect(lines.last == "3 tokens")
    #expect(!run.output.contains("\u{1B}"))
  }

  @Test func decodesToPlainText() throws {
    let ids = try #require(try ProgramRun(["tokenize", "a time", "--format", "json"]).json()["ids"])
    #expect(try ProgramRun(["tokenize", "--decode", ids.description]).output == "a time\n")
  }

  @Test func needsOnlyTheVocabularyFiles() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["vocab.json", "merges.txt"])
    let run = try ProgramRun(["tokenize", "--tokenizer", folder.path, "Once upon a time", "--format", "json"])
    #expect(try run.json() == ProgramRun(["tokenize", "Once upon a time", "--format", "json"]).json())
  }

  @Test(
    .enabled(
      if: TestFiles.gpt2Vocabulary != nil,
      "no vocabulary of GPT-2: set GPT2_VIZ_SHARED or put 'shared' beside"))
  func hasTheIDsOfTheReferenceRun() throws {
    let folder = try #require(TestFiles.gpt2Vocabulary)
    let run = try ProgramRun(["tokenize", "--tokenizer", folder, "My favourite movie is", "--format", "json"])
    #expect(
      run.output
        == #"{"ids":[3666,12507,3807,318],"tokens":["My","Ġfavourite","Ġmovie","Ġis"],"#
        + #""pieces":["My"," favourite"," movie"," is"]}"# + "\n")
    #expect(
      try ProgramRun(["tokenize", "--tokenizer", folder, "--decode", "3666 12507"]).output == "My favourite\n"
    )
  }
}

import Testing

/// Usage errors: one sentence and a hint on standard error, nothing on standard output, exit code 2, and all that
/// before a model is loaded.
@Suite struct UsageErrorTests {
  @Test(
    arguments: [
      (["-t", "-1"], "-t must be", "help"), (["-p", "2"], "-p must be", "help"),
      (["-k", "x"], "-k must be", "help"),
      (["--no-such"], "unknown option '--no-such'", "help"), (["-n"], "unknown option '-n'", "help"),
      (["generate", "-n"], "-n needs a value", "help generate"),
      (["generate"], "'generate' needs PROMPT", "help generate"),
      (["next", "x", "--format", "xml"], "--format takes table or json", "help next"),
      (["next", "x", "-f", "y"], "PROMPT and -f FILE are both given", "help next"),
      (["next", "x", "--ids", "1"], "--ids stands for PROMPT", "help next"),
      (["logits"], "'logits' needs PROMPT", "help logits"),
      (["tokenize", "a", "--decode", "1"], "--decode takes the place of TEXT", "help tokenize"),
      (["tokenize", "--decode", "x"], "--decode takes token ids", "help tokenize"),
      (["tokenize", "--decode", "1", "--chat"], "--decode needs no --chat", "help tokenize"),
      (["next", "x", "--system", "y"], "--system goes with --chat", "help next"),
      (["score", "x", "--chat", "--special"], "--chat writes the special tokens itself", "help score"),
      (["bench", "--chat"], "--chat, --system and --special say how a text is read", "help bench"),
      (["bench", "--system", "x"], "--chat, --system and --special say how", "help bench"),
      (["bench", "--special"], "--chat, --system and --special say how", "help bench"),
      (["filter"], "'filter' needs a FILE", "help filter"),
      (["score"], "'score' needs TEXT", "help score"),
      (["next", "x", "--preset", "x"], "--preset takes nucleus,", "help next"),
      (["next", "x", "-m", ""], "-m takes a model's name, path or server", "help next"),
      (["help", "a", "b"], "'help' takes one command, but 'b' follows 'a'", "help help"),
      (["-v"], "-v, --verbose goes with --version", "help"),
    ] as [([String], String, String)])
  func sayWhatIsWrong(words: [String], sentence: String, page: String) throws {
    let run = try ProgramRun(words, environment: ["GPT2_VIZ_MODEL": "/nonexistent"])
    #expect(run.code == 2)
    #expect(run.output == "")
    let lines = run.errors.split(separator: "\n")
    try #require(lines.count == 2, "\(run.errors)")
    #expect(lines[0].hasPrefix("gpt2-viz: " + sentence), "\(lines[0])")
    #expect(lines[1] == "Try 'gpt2-viz \(page)'.")
  }

  @Test func anArgumentMustBeUTF8() throws {
    let run = try ProgramRun.shell(#"gpt2-viz tokenize $'a\xff'"#)
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: argument 2 is not UTF-8"))
  }

  @Test func foreignTextCannotCommandTheTerminal() throws {
    let run = try ProgramRun(["--\u{1B}]0;x\u{7}"])
    #expect(run.code == 2)
    #expect(!run.errors.contains("\u{1B}"))
    #expect(run.errors.contains("<1B>"))
  }
}

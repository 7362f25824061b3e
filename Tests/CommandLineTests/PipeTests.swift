import Testing

/// Readers that go away, disks that are full, streams that are closed.
@Suite struct PipeTests {
  private let chatter = "gpt2-viz generate 'Once upon a time' -n 200 --seed 1 --format jsonl"

  @Test func aReaderThatClosesEarlyEndsTheProgramQuietly() throws {
    let run = try ProgramRun.shell("\(chatter) | head -n 1; echo ${PIPESTATUS[0]}")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix(#"{"type":"start""#) == true)
    #expect(lines.last == "141")
    #expect(run.errors == "")
  }

  @Test func alsoWhereTheSignalIsIgnored() throws {
    let run = try ProgramRun.shell("trap '' PIPE; \(chatter) | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}")
    #expect(run.output == "141\n")
    #expect(run.errors == "")
  }

  @Test(arguments: [
    "generate a -n 2 --greedy", "next a", "tokenize a", "logits a", "help", "--version", "models", "config",
  ])
  func aFullDiskIsSaid(words: String) throws {
    let run = try ProgramRun.shell("gpt2-viz \(words) >/dev/full")
    #expect(run.code == 1)
    #expect(run.errors == "gpt2-viz: cannot write the output: No space left on device\n")
  }

  @Test func aClosedOutputIsSaid() throws {
    let run = try ProgramRun.shell("gpt2-viz tokenize a >&-")
    #expect(run.code == 1)
    #expect(run.errors == "gpt2-viz: cannot write the output: Bad file descriptor\n")
  }

  @Test func aClosedErrorStreamHarmsNothing() throws {
    #expect(try ProgramRun.shell("gpt2-viz --no-such 2>&-").code == 2)
    #expect(try ProgramRun.shell("gpt2-viz tokenize a 2>&- </dev/null").code == 0)
  }

  @Test func textComesAsItIsMade() throws {
    // The reader has the first line before the writer is done: 100,000 tokens would take too long to wait for.
    let run = try ProgramRun.shell(
      "gpt2-viz generate '' -n 100000 --seed 1 --no-stop-at-eos | head -c 20 | wc -c")
    #expect(run.output.split(separator: "\n").last?.contains("20") == true)
  }

  /// It waits for an input that does not end, so nothing else can end it.
  @Test(arguments: [("INT", 130), ("TERM", 143), ("QUIT", 131)])
  func signalsEndTheProgram(signal: String, code: Int32) throws {
    // Swift's crash handler, where it is on, would take SIGQUIT for a crash and then let the program live.
    let run = try ProgramRun.shell(
      "timeout --preserve-status -s \(signal) 0.3 gpt2-viz tokenize - < <(exec sleep 2)",
      environment: ["SWIFT_BACKTRACE": "enable=yes"])
    #expect(run.code == code)
    #expect(run.output == "")
    #expect(run.errors == "")
  }
}

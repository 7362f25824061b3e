import Foundation
import TerminalTestSupport
import TestSupport
import Testing

/// The machine fails: one sentence, exit code 1, the terminal as it was.
@Suite(.serialized) struct FaultTests {
  private func copyOfStoryteller() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["config.json", "vocab.json", "merges.txt", "model.safetensors"] {
      try TemporaryFolder.copy(TestFiles.storyteller + "/" + name, to: folder.path + "/" + name)
    }
    return folder
  }

  // MARK: A file that is cut short while it is mapped

  private static let cutShort = "model.safetensors became shorter while it was in use"

  @Test(arguments: [["--precision", "f32"], ["--precision", "int8"]])
  func weightsThatAreCutShortUnderTheScreen(options: [String]) throws {
    let folder = try copyOfStoryteller()
    let pty = try Pty(
      ProgramRun.executable, ["-m", folder.path] + options, columns: 110, rows: 34, outlivesProgram: true)
    let before = pty.originalSettings
    try #require(pty.wait(for: "entropy "), "\(pty.screen.text)")
    #expect(truncate(folder.path + "/model.safetensors", 4096) == 0)
    // (In 8 bits only the embeddings are still read from the file.)
    for _ in 0..<20 { pty.send("l") }
    #expect(pty.exitStatus() == 1)
    #expect(pty.disorder == [])
    #expect(pty.settings == before)
    let words = try #require(pty.output.components(separatedBy: "\u{1B}[?1049l").last)
    #expect(words.contains("gpt2-viz: \(folder.path)/\(Self.cutShort)"), "\(words)")
    #expect(words.split(whereSeparator: \.isNewline).filter { $0.contains("gpt2-viz") }.count == 1)
  }

  @Test func weightsThatAreCutShortWithoutAScreen() throws {
    let folder = try copyOfStoryteller()
    // --plain takes the next line of keys only when it comes: the file is cut in between.
    let run = try ProgramRun.shell(
      "(sleep 1; truncate -s 4096 '\(folder.path)/model.safetensors'; echo llllllllll) "
        + "| gpt2-viz --plain -m '\(folder.path)'")
    run.expectSentence(Self.cutShort)
    #expect(run.output.contains("Sampler: pure"))
  }

  /// Any other SIGBUS stays a crash.
  @Test func aBusErrorThatIsNoFilesEndsTheProgramByIt() throws {
    let pty = try Pty(ProgramRun.executable, columns: 110, rows: 34, outlivesProgram: true)
    try #require(pty.wait(for: "q quit"), "\(pty.screen.text)")
    pty.signal(SIGBUS)
    #expect(pty.exitStatus() == 128 + SIGBUS)
    #expect(pty.disorder == [])
  }

  // MARK: Disks

  @Test(
    .enabled(if: !Sanitizer.isAtWork, "the sanitizer has files of its own beyond the limit"),
    arguments: [
      "generate 'Once upon a time' -n 40 --format jsonl", "next a --top 4096", "logits a", "help --man",
      "lesson greedy-loops --print", "tokenize -f text --format json",
    ])
  func aFileThatMayNotGrowIsAnErrorAndNoSignal(words: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("text", String(repeating: "the king and the fox ", count: 20))
    let run = try ProgramRun.shell("cd '\(folder.path)'; ulimit -f 1; exec gpt2-viz \(words) >out")
    #expect(run.code == 1)
    #expect(run.errors.hasSuffix("gpt2-viz: cannot write the output: File too large\n"), "\(run.errors)")
  }

  @Test(arguments: [
    "filter -", "score 'Once upon a time'", "lesson", "lesson nucleus --print", "help --man",
    "help --completions zsh", "generate a -n 2 --format csv", "generate a -n 2 --format jsonl",
    "next a --format json", "--plain",
  ])
  func aFullDiskIsSaidByEveryCommand(words: String) throws {
    let run = try ProgramRun.shell(#"echo '{"logits":[1,2]}' | gpt2-viz \#(words) >/dev/full"#)
    #expect(run.code == 1)
    #expect(
      run.errors.hasSuffix("gpt2-viz: cannot write the output: No space left on device\n"), "\(run.errors)")
  }

  /// The number of a closed stream is no other file's: nothing is written into one, or waited for.
  @Test func closedStreamsAreErrors() throws {
    for words in ["--plain", "generate a -n 2"] {
      let run = try ProgramRun.shell("timeout 60 gpt2-viz \(words) </dev/null >&-")
      #expect(run.code == 1)
      #expect(
        run.errors.hasSuffix("gpt2-viz: cannot write the output: Bad file descriptor\n"), "\(run.errors)")
    }
    let run = try ProgramRun.shell("timeout 60 gpt2-viz --plain <&-")
    #expect(run.code == 1)
    #expect(run.errors.contains("Standard input is closed, so no key could be read"), "\(run.errors)")
  }

  @Test func nobodyIsToldWhereTheErrorStreamIsFull() throws {
    #expect(try ProgramRun.shell("gpt2-viz generate a -n 3 2>/dev/full").code == 0)
    #expect(try ProgramRun.shell("gpt2-viz next a -m /none 2>/dev/full").code == 1)
  }

  // MARK: Memory

  @Test func aModelLargerThanTheMachineIsRefusedBeforeItIsRead() throws {
    let folder = try TemporaryFolder()
    let info = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
    let total = try #require(
      info.split(separator: "\n").first?.split(separator: " ").compactMap { Int($0) }.first)
    // A layer of this width has 12 * width * width numbers of 4 bytes.
    let width = 8192
    let layers = total * 1024 * 2 / (48 * width * width) + 1
    let bytes = try SparseModel.write(into: folder, layers: layers, width: width, heads: 64)
    #expect(bytes > total * 1024)
    try ProgramRun(["next", "--ids", "1", "-m", folder.path]).expectSentence(
      " GB of memory, but ", "smaller model")
    let pty = try Pty(
      ProgramRun.executable, ["--ids", "1", "-m", folder.path], columns: 200, rows: 30, outlivesProgram: true)
    #expect(pty.exitStatus() == 1)
    #expect(pty.disorder == [])
    #expect(pty.output.contains(" GB of memory, but "))
  }

  /// What little the program asks for besides may fail too, but then in words: it neither crashes nor hangs.
  @Test(
    .enabled(if: !Sanitizer.isAtWork, "the sanitizer maps more memory than the limits allow"),
    arguments: ["-v", "-d"])
  func aLimitOfTheShellIsSaid(limit: String) throws {
    let folder = try TemporaryFolder()
    try SparseModel.write(into: folder, layers: 8, width: 512, heads: 8)
    var sentences = 0
    for megabytes in stride(from: 60, through: 420, by: 40) {
      let run = try ProgramRun.shell(
        "ulimit \(limit) \(megabytes * 1024); timeout 60 gpt2-viz next --ids 1 --top 1 -m '\(folder.path)'")
      // The loader, or OpenBLAS by itself, may fail before the program's first instruction. Below 60 MB it is the kernel.
      if run.code == 0 || run.code == 127 || run.errors.hasPrefix("OpenBLAS blas_thread_init") { continue }
      run.expectSentence("ulimit")
      sentences += 1
    }
    #expect(sentences > 0)
  }

  /// Where the program itself just fits, the vocabulary is the next thing that does not.
  @Test(.enabled(if: !Sanitizer.isAtWork, "the sanitizer maps more memory than the limits allow"))
  func aVocabularyThatDoesNotFitIsSaid() throws {
    let folder = try copyOfStoryteller()
    for words in ["next a --top 1", "next a --top 1 -m '\(folder.path)'", "tokenize a -m '\(folder.path)'"] {
      var hasBegun = false
      for kilobytes in stride(from: 80_000, through: 120_000, by: 500) {
        let run = try ProgramRun.shell("ulimit -v \(kilobytes); timeout 60 gpt2-viz \(words)")
        // Below, the system, OpenBLAS or Swift fails before the program has begun.
        hasBegun = hasBegun || (run.code == 1 && run.errors.hasPrefix("gpt2-viz: "))
        if hasBegun, run.code != 0 { run.expectSentence("ulimit") }
      }
      #expect(hasBegun)
    }
  }
}

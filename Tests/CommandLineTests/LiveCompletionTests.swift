import Foundation
import TerminalTestSupport
import TestSupport
import Testing

/// The completions in the shells themselves, by the Tab key.
@Suite(.serialized) struct LiveCompletionTests {
  private static func isInstalled(_ shell: String) -> Bool { ProgramRun.find(shell) != nil }

  /// What is typed before Tab, and what then is on the screen.
  private static let questions: [(typed: String, shown: String)] = [
    ("gpt2-viz toke", "> gpt2-viz tokenize"), ("gpt2-viz lesson gre", "lesson greedy-loops"),
    ("gpt2-viz next a --format=j", "--format=json"), ("gpt2-viz next a --format js", "--format json"),
    ("gpt2-viz -k 5 next a --no-repeat-n", "--no-repeat-ngram"), ("gpt2-viz filter lo", "filter logits.json"),
    ("gpt2-viz next a -m dist", "-m distilgpt2"), ("gpt2-viz --preset top-k-6", "--preset top-k-640"),
    ("gpt2-viz help --completions f", "--completions fish"),
  ]

  /// - Parameter setUp: makes the prompt `> ` and loads the completions from the file `$script`.
  private func ask(_ shell: String, _ options: [String], setUp: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("logits.json", "")
    let script = try folder.write(
      "_gpt2-viz", try ProgramRun(["help", "--completions", shell]).output)
    let (model, commit) = ("hub/models--distilgpt2/", String(repeating: "0", count: 40))
    for name in ["hub", model, model + "refs", model + "snapshots", model + "snapshots/" + commit] {
      try folder.makeFolder(name)
    }
    try folder.write(model + "refs/main", commit)
    for name in ["config.json", "model.safetensors", "vocab.json", "merges.txt"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(model)snapshots/\(commit)/\(name)",
        withDestinationPath: TestFiles.storyteller + "/" + name)
    }
    let pty = try Pty(
      try #require(ProgramRun.find(shell)), options, columns: 100, rows: 30,
      environment: [
        "PATH": ProgramRun.folder + ":/usr/local/bin:/usr/bin:/bin", "HOME": folder.path,
        "HF_HUB_CACHE": folder.path + "/hub", "script": script, "folder": folder.path, "PS1": "> ",
      ])
    pty.send("cd \"$folder\"; \(setUp); echo rea''dy\n")
    try #require(pty.wait(forOutput: "ready"), "\(pty.output)")
    for (typed, shown) in Self.questions {
      // Ctrl-U and Ctrl-L: nothing of the last one is left.
      pty.send("\u{15}\u{0C}" + typed + "\t")
      #expect(pty.wait(for: shown), "\(typed): \(pty.screen.text)")
    }
    pty.send("\u{15}exit\n")
  }

  @Test(.enabled(if: isInstalled("bash"), "bash is not installed")) func bash() throws {
    try ask("bash", ["--norc", "-i"], setUp: "PS1='> '; source \"$script\"")
  }

  @Test(.enabled(if: isInstalled("zsh"), "zsh is not installed")) func zsh() throws {
    try ask(
      "zsh", ["-f", "-i"],
      setUp: "PS1='> '; fpath=(\"$folder\" $fpath); autoload -Uz compinit; compinit -u -d \"$folder/dump\"")
  }

  @Test(.enabled(if: isInstalled("fish"), "fish is not installed")) func fish() throws {
    try ask("fish", ["-N", "-i"], setUp: "function fish_prompt; echo -n '> '; end; source \"$script\"")
  }
}

import Foundation
import TestSupport
import Testing

@testable import Visualizer
@testable import gpt2_viz

/// The manual page and the completions: complete, and good in the eyes of the programs that read them.
@Suite struct ShellFileTests {
  private static func text(_ file: ShellFile) throws -> String {
    let words =
      switch file {
      case .manualPage: ["--man"]
      case .completions(let shell): ["--completions", shell.rawValue]
      }
    let run = try ProgramRun(["help"] + words)
    #expect(run.code == 0)
    #expect(run.errors == "")
    return run.output
  }

  private static func isInstalled(_ program: String) -> Bool { ProgramRun.find(program) != nil }

  private static let files: [ShellFile] = [.manualPage] + Shell.allCases.map { .completions($0) }

  @Test(arguments: files)
  func namesEveryCommandAndOption(file: ShellFile) throws {
    // As it is read: roff writes `\-` for a dash.
    let text = try Self.text(file).replacingOccurrences(of: "\\-", with: "-")
    for command in Command.descriptions {
      if !command.name.isEmpty { #expect(text.contains(command.name)) }
      for option in command.options {
        let long = file == .completions(.fish) ? " -l \(option.name) " : "--" + option.name
        #expect(text.contains(long), "\(long)")
        guard let letter = option.letter else { continue }
        let short = file == .completions(.fish) ? " -s \(letter) " : "-\(letter)"
        #expect(text.contains(short), "\(short)")
      }
    }
  }

  /// Each command's own block has that command's options and no others.
  @Test func fishKnowsWhichOptionsBelongWhere() throws {
    let lines = try Self.text(.completions(.fish)).split(separator: "\n")
    for command in Command.descriptions.dropFirst() {
      let own = lines.filter { $0.contains("-n '__fish_seen_subcommand_from \(command.name)' ") }
      let names = own.compactMap { $0.firstMatch(of: /\s-l ([a-z0-9-]+)/).map { String($0.output.1) } }
      #expect(names == command.options.map(\.name))
    }
  }

  @Test(.enabled(if: isInstalled("man"), "man is not installed"))
  func theManualListsKeysSettingsAndVariables() throws {
    let run = try ProgramRun.shell("gpt2-viz help --man | MANWIDTH=200 man -l - | col -b")
    try #require(run.code == 0, "\(run.errors)")
    for binding in KeyMap.bindings {
      // There it is a sentence, with a capital.
      #expect(run.output.contains(binding.what.dropFirst() + "."), "\(binding.what)")
      #expect(run.output.contains(binding.shown), "\(binding.shown)")
    }
    for option in SettingLayers.configurableOptions(of: Command.descriptions) {
      #expect(run.output.contains(option.name))
    }
    for variable in EnvironmentVariable.all { #expect(run.output.contains(variable.name)) }
  }

  /// What reads a file finds no fault with it.
  private func expectClean(_ command: String) throws {
    let folder = try TemporaryFolder()
    let run = try ProgramRun.shell(
      "set -o pipefail; " + command, environment: ["TMPDIR": folder.path, "HOME": folder.path])
    #expect(run.output == "")
    #expect(run.code == 0)
  }

  /// Narrow and wide: lines that cannot be filled are a fault, too.
  @Test(.enabled(if: isInstalled("man"), "man is not installed"), arguments: [60, 80, 120])
  func manHasNoComplaint(width: Int) throws {
    try expectClean(
      "gpt2-viz help --man | LC_ALL=C.UTF-8 MANWIDTH=\(width) man --warnings -l - 2>&1 >/dev/null")
  }

  @Test(.enabled(if: isInstalled("mandoc"), "mandoc is not installed")) func mandocHasNoComplaint() throws {
    try expectClean("gpt2-viz help --man | mandoc -T lint -W all 2>&1")
  }

  @Test(.enabled(if: isInstalled("man"), "man is not installed")) func noWordOfTheManualIsCut() throws {
    try expectClean(
      "! gpt2-viz help --man | LC_ALL=C.UTF-8 MANWIDTH=80 man -l - | col -b | grep '\u{2010}$'")
  }

  @Test(.enabled(if: isInstalled("shellcheck"), "shellcheck is not installed"))
  func shellcheckHasNoComplaint() throws {
    try expectClean("gpt2-viz help --completions bash | shellcheck -s bash - 2>&1")
  }

  /// What each shell is asked, and what it must offer.
  private static let questions: [(words: [String], answers: [String])] = [
    (["ge"], ["generate"]), (["next", "a", "--fo"], ["--format"]),
    (["next", "a", "--format", ""], ["table", "json"]),
    (["generate", "a", "--format", "j"], ["jsonl"]),
    (
      ["-k", "5", "next", "--to"],
      ["--tokenizer", "--top-k", "--top-p", "--top-n-sigma", "--top-h", "--top"]
    ),
    (["--preset", "gr"], ["greedy"]), (["help", "tok"], ["tokenize"]),
    (["--color", ""], ["auto", "always", "never"]),
    (["filter", "lo"], ["logits.json"]),
    (["generate", "--to"], ["--tokenizer", "--tokens", "--top-k", "--top-p", "--top-n-sigma", "--top-h"]),
    (["help", "--completions", "f"], ["fish"]), (["-m", "story"], ["storyteller"]),
  ]

  @Test(arguments: questions)
  func bashOffers(words: [String], answers: [String]) throws {
    try #require(Self.isInstalled("bash"))
    let folder = try TemporaryFolder()
    try folder.write("logits.json", "")
    let typed = words.map { "'\($0)'" }.joined(separator: " ")
    let run = try ProgramRun.shell(
      """
      cd '\(folder.path)'; compopt() { :; }; source <(gpt2-viz help --completions bash)
      COMP_WORDS=(gpt2-viz \(typed)); COMP_CWORD=\(words.count); _gpt2_viz; printf '%s\\n' "${COMPREPLY[@]}"
      """)
    #expect(run.errors == "")
    #expect(Set(run.output.split(separator: "\n").map(String.init)) == Set(answers))
  }

  @Test func bashCutsAtTheSign() throws {
    let run = try ProgramRun.shell(
      """
      source <(gpt2-viz help --completions bash)
      COMP_WORDS=(gpt2-viz next a --format = j); COMP_CWORD=5; _gpt2_viz; echo "${COMPREPLY[@]}"
      COMP_WORDS=(gpt2-viz next a --format =); COMP_CWORD=4; _gpt2_viz; echo "${COMPREPLY[@]}"
      """)
    #expect(run.output == "json\ntable json\n")
  }

  @Test(.enabled(if: isInstalled("fish"), "fish is not installed"), arguments: questions)
  func fishOffers(words: [String], answers: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write("logits.json", "")
    let run = try ProgramRun.shell(
      """
      cd '\(folder.path)'; gpt2-viz help --completions fish >c.fish
      fish -N -c 'source c.fish; complete -C "gpt2-viz \(words.joined(separator: " "))"' | cut -f 1
      """, environment: ["HOME": folder.path])
    #expect(run.errors == "")
    #expect(Set(run.output.split(separator: "\n").map(String.init)).isSuperset(of: answers))
  }

  @Test func aTopicBesideAFileIsAWordError() throws {
    let run = try ProgramRun(["help", "next", "--man"])
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: --man and --completions are about all commands"))
  }
}

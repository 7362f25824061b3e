import Foundation
import TestSupport
import Testing

@testable import gpt2_viz

/// `Scripts/install` below a prefix of its own.
@Suite struct InstallTests {
  private let folder: TemporaryFolder
  private let script = TestFiles.repository.appending(path: "Scripts/install").path

  init() throws { folder = try TemporaryFolder() }

  /// The built program stands in for the one that the script would build.
  private func install(_ arguments: String, in place: String? = nil) throws -> ProgramRun {
    try ProgramRun.shell(
      "cd '\(place ?? folder.path)' && '\(script)' \(arguments)",
      environment: ["GPT2_VIZ_BINARY": ProgramRun.executable, "HOME": folder.path + "/home"])
  }

  private func contents(of path: String) -> [String] {
    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
  }

  @Test(arguments: ["prefix", "a prefix/of its own"])
  func whatIsInstalledWorksAndGoesAwayWhole(prefix: String) throws {
    let place = folder.path + "/" + prefix
    let installed = try install("'\(prefix)'")
    #expect(installed.code == 0, "\(installed.errors)")
    let files = installed.output.split(separator: "\n").map(String.init)
    #expect(files.count == 5)
    for file in files { #expect(FileManager.default.fileExists(atPath: file), "\(file)") }

    let clean = "cd / && env -i"
    let text = try ProgramRun.shell("\(clean) '\(place)/bin/gpt2-viz' generate 'Once upon' -n 3 --greedy")
    #expect(text.code == 0, "\(text.errors)")
    #expect(try text.output == ProgramRun(["generate", "Once upon", "-n", "3", "--greedy"]).output)
    #expect(
      try ProgramRun.shell("\(clean) '\(place)/bin/gpt2-viz' -V").output == "gpt2-viz \(programVersion)\n")
    for (file, words) in [
      ("man/man1/gpt2-viz.1", "--man"), ("bash-completion/completions/gpt2-viz", "--completions bash"),
      ("zsh/site-functions/_gpt2-viz", "--completions zsh"),
      ("fish/vendor_completions.d/gpt2-viz.fish", "--completions fish"),
    ] {
      let run = try ProgramRun.shell("gpt2-viz help \(words) | cmp - '\(place)/share/\(file)'")
      #expect(run.code == 0, "\(file): \(run.output)\(run.errors)")
    }

    // Once more over the first; then away, with the folders that were made.
    #expect(try install("'\(prefix)'").code == 0)
    let gone = try install("--uninstall '\(prefix)'")
    #expect(gone.code == 0)
    #expect(gone.output + gone.errors == "")
    #expect(contents(of: folder.path) == [])
    let again = try install("--uninstall '\(prefix)'")
    #expect(again.code == 1)
    #expect(again.errors == "install: there is no gpt2-viz below \(place)\n")
  }

  @Test func theWayToThePrefixMayLeadThroughOtherFolders() throws {
    try folder.makeFolder("other")
    #expect(try install("../prefix", in: folder.path + "/other").output.contains(folder.path + "/prefix/bin"))
    // What is noted of it must not need the other folder.
    try FileManager.default.removeItem(atPath: folder.path + "/other")
    #expect(try install("--uninstall prefix").code == 0)
    #expect(contents(of: folder.path) == [])
  }

  @Test func whatWasThereStays() throws {
    try folder.makeFolder("prefix")
    try folder.makeFolder("prefix/bin")
    try folder.write("prefix/bin/other", "")
    let before = contents(of: folder.path)
    #expect(try install("prefix").code == 0)
    try folder.write("prefix/share/man/man1/other.1", "")
    #expect(try install("--uninstall prefix").code == 0)
    let mans = ["prefix/share", "prefix/share/man", "prefix/share/man/man1", "prefix/share/man/man1/other.1"]
    #expect(contents(of: folder.path) == (before + mans).sorted())
  }

  @Test(.enabled(if: geteuid() != 0, "root installs into /usr/local, which a test leaves alone"))
  func withoutAPrefixItIsTheUsersOwn() throws {
    #expect(try install("").code == 0)
    #expect(FileManager.default.isExecutableFile(atPath: folder.path + "/home/.local/bin/gpt2-viz"))
  }

  @Test(arguments: ["--nonsense", "a b", "''"])
  func wrongWordsInstallNothing(words: String) throws {
    let run = try install(words)
    #expect(run.code == 2)
    #expect(run.errors.contains("Scripts/install [PREFIX]"))
    #expect(contents(of: folder.path) == [])
  }
}

import TerminalTestSupport
import TestSupport
import Testing

/// What `Scripts/run` shows while it builds, with a `swift` that only claims to.
@Suite(.serialized) struct BuildProgressTests {
  private struct Trial {
    let folder: TemporaryFolder
    let script = TestFiles.repository.appending(path: "Scripts/run").path
    let environment: [String: String]

    /// - Parameter fails: the build ends with an error.
    init(failing fails: Bool) throws {
      folder = try TemporaryFolder()
      try folder.makeFolder("bin")
      try folder.makeFolder("out")
      try folder.write(
        "bin/swift",
        """
        #!/bin/bash
        case "$*" in
          --version) echo 'Swift version 6.2' ;;
          *--show-bin-path*) echo '\(folder.path)/out' ;;
          *) echo 'Building for production...'; echo '[7/9] Compiling LMCore'; sleep 0.2; echo 'error: no luck' ; \
        \(fails ? "exit 1" : "printf '#!/bin/sh\\necho started \"$@\"\\n' >'\(folder.path)/out/gpt2-viz'; chmod +x '\(folder.path)/out/gpt2-viz'") ;;
        esac
        """)
      let made = try ProgramRun.shell(
        "chmod +x '\(folder.path)/bin/swift' && printf '#!/bin/sh\\n' >'\(folder.path)/bin/pkg-config' && chmod +x '\(folder.path)/bin/pkg-config'"
      )
      #expect(made.code == 0, "\(made.errors)")
      environment = ["PATH": "\(folder.path)/bin:/usr/local/bin:/usr/bin:/bin", "HOME": folder.path]
    }
  }

  @Test func aTerminalShowsHowFarItIs() throws {
    let run = try Trial(failing: false)
    let pty = try Pty(
      "/bin/bash", [run.script, "a", "b c"], columns: 80, rows: 24, environment: run.environment)
    #expect(pty.exitStatus() == 0)
    #expect(pty.output.contains("Building gpt2-viz: about five minutes on two cores, once."))
    #expect(pty.output.contains("0:00 [7/9] Compiling LMCore"))
    // The line of progress is gone, and the program has the words.
    #expect(pty.screen.lines[1] == "started a b c")
    #expect(!pty.screen.text.contains("[7/9]"))
  }

  @Test func aPipeStaysQuiet() throws {
    let run = try Trial(failing: false)
    let built = try ProgramRun([run.script, "a"], environment: run.environment, executable: "/bin/bash")
    #expect(built.code == 0)
    #expect(built.output == "started a\n")
    #expect(built.errors == "Building gpt2-viz: about five minutes on two cores, once.\n")
    let marked = try ProgramRun(
      [run.script, "--", "-m", "b c"], environment: run.environment, executable: "/bin/bash")
    #expect(marked.output == "started -m b c\n")
    let again = try ProgramRun([run.script], environment: run.environment, executable: "/bin/bash")
    #expect(again.errors == "")
  }

  @Test func aBuildThatFailsIsShownWhole() throws {
    let run = try Trial(failing: true)
    let built = try ProgramRun([run.script, "a"], environment: run.environment, executable: "/bin/bash")
    #expect(built.code == 1)
    #expect(built.errors.contains("[7/9] Compiling LMCore\nerror: no luck\nrun: the build failed"))
    let pty = try Pty("/bin/bash", [run.script], columns: 80, rows: 24, environment: run.environment)
    #expect(pty.exitStatus() == 1)
    #expect(pty.screen.text.contains("error: no luck"))
    #expect(pty.screen.text.contains("run: the build failed; the compiler's messages are above"))
  }
}

import Glibc
import LMCore

extension Command {
  /// All commands, in the order of the overview. The first one needs no name.
  static let all: [Command] = [
    visualizer, lesson, generate, next, tokenize, logits, filter, score, replay, report, models, download,
    bench, config, help,
  ]
}

/// Runs what the command line asks for.
///
/// - Returns: the exit code: 0 done, 1 the world failed, 2 the words were wrong, 128 + n as if ended by signal n.
func runProgram() -> Int32 {
  let surroundings = Surroundings()
  do {
    let (command, options) = try ArgumentParser(commands: Command.all).parse(try commandLineWords())
    switch options.request {
    case .help: try writeHelp(about: command.name, to: surroundings.output)
    case .version: try writeVersion(isVerbose: options.isVerbose, to: surroundings.output)
    case nil: try command.run(try settled(options, command, surroundings), surroundings)
    }
    try surroundings.output.flush()
    return 0
  } catch let error as UsageError {
    say("gpt2-viz: \(error)\n\(error.hint)")
    return 2
  } catch let error as OutputError where error.isClosedPipe {
    // Where the signal is not ignored it has ended the program before; the code is the same.
    return 128 + SIGPIPE
  } catch {
    // What was done before the failure is the user's.
    try? surroundings.output.flush()
    say("gpt2-viz: \(error)")
    return 1
  }
}

/// The options over what the environment and the config file say.
private func settled(
  _ options: Options, _ command: Command, _ surroundings: Surroundings
) throws -> Options {
  // Help must be had however wrong the file is.
  guard command.name != Command.help.name else { return options }
  var settled = try SettingLayers(given: options.given, commands: Command.all, surroundings: surroundings)
    .resolve()
  do { _ = try Kernels.selected() } catch { throw UsageError("\(error)", command: command.name) }
  settled.words = options.words
  settled.given = options.given
  return settled
}

/// The arguments. They are texts, and a text that is not UTF-8 must not be quietly repaired.
private func commandLineWords() throws(UsageError) -> [String] {
  var words: [String] = []
  for index in 1..<max(Int(CommandLine.argc), 1) {
    guard let argument = CommandLine.unsafeArgv[index] else { break }
    guard let word = String(validatingCString: argument) else {
      throw UsageError("argument \(index) is not UTF-8: '\(String(cString: argument))'")
    }
    words.append(word)
  }
  return words
}

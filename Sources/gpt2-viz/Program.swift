import Glibc
import LMCore
import Presentation

/// Runs what the command line asks for.
///
/// - Returns: the exit code: 0 success, 1 operation failed, 2 usage error, 128 + n as if ended by signal n.
func runProgram() -> Int32 {
  var surroundings = Surroundings()
  do {
    let descriptions = Command.descriptions
    let parsed = try ArgumentParser(commands: descriptions).parse(try commandLineWords())
    switch parsed.request {
    case .help: try writeHelp(about: parsed.command.name, to: surroundings.output)
    case .version:
      let general = SettingLayers(given: parsed.given).values[GeneralOptions.self]
      try writeVersion(isVerbose: general.isVerbose, to: surroundings.output)
    case nil:
      let call = try call(parsed, among: descriptions, surroundings)
      surroundings.color = call[GeneralOptions.self].color
      surroundings.warnings = warnings(for: parsed.command, among: descriptions, surroundings)
      for warning in surroundings.warnings { reportMessage("gpt2-viz: \(warning)") }
      try Command.all.first { $0.description.name == parsed.command.name }?.run(call, surroundings)
    }
    try surroundings.output.flush()
    return 0
  } catch let error as UsageError {
    reportMessage("gpt2-viz: \(error)\n\(error.hint)")
    return 2
  } catch let error as OutputError where error.isClosedPipe {
    // Where the signal is not ignored it has ended the program before; the code is the same.
    return 128 + SIGPIPE
  } catch {
    // What was written before the failure is still of use.
    try? surroundings.output.flush()
    reportMessage("gpt2-viz: \(sentence(for: error))")
    return 1
  }
}

/// An error with what helps at the command line; a screen has keys instead.
private func sentence(for error: any Error) -> String {
  let advice: String
  switch error {
  case SamplingError.untold(.draw):
    advice = ": another --seed draws another number, and --known-only draws among the known tokens."
  case SamplingError.logitsUnknown: advice = "; --known-only takes those that are known."
  case PredictorError.source(_, mayPass: true): advice = "; the same command may succeed a little later."
  case let error as ServerError where error.mayPass: advice = "; the same command may succeed a little later."
  default: return "\(error)"
  }
  return Advice.joined("\(error)", advice)
}

/// The options over what the environment and the config file say.
private func call(
  _ parsed: ParsedArguments, among commands: [CommandDescription], _ surroundings: Surroundings
) throws -> CommandCall {
  // Help must not depend on a config file that may be wrong.
  guard parsed.command.name != Command.help.description.name else {
    return CommandCall(words: parsed.words, layers: SettingLayers(given: parsed.given))
  }
  let layers = try SettingLayers(given: parsed.given, commands: commands, surroundings: surroundings)
  // A preset can be named before it is defined: only now it is known whether there is one.
  do throws(UsageError) {
    _ = try layers.values[SamplerOptions.self].settings
  } catch {
    throw UsageError(error.description, command: parsed.command.name)
  }
  do { _ = try Kernels.selected() } catch { throw UsageError("\(error)", command: parsed.command.name) }
  return CommandCall(words: parsed.words, layers: layers)
}

/// A sentence for each variable that means nothing. Help reads no variables.
private func warnings(
  for command: CommandDescription, among commands: [CommandDescription], _ surroundings: Surroundings
) -> [String] {
  guard command.name != Command.help.description.name else { return [] }
  return SettingLayers.unknownVariables(
    in: surroundings, commands: commands, others: EnvironmentVariable.all.map(\.name))
}

/// The arguments. A word that is not UTF-8 is refused rather than repaired.
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

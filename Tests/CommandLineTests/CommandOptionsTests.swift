import Testing

@testable import gpt2_viz

/// The groups of options that a command describes, and the struct that it reads them from.
@Suite struct CommandOptionsTests {
  private struct Row: CustomTestStringConvertible {
    let command: Command
    /// The options that these words give, written out.
    let written: @Sendable ([String]) throws -> String

    init<Options: CommandOptions>(_ command: Command, _: Options.Type) {
      self.command = command
      written = { words in
        let parsed = try ArgumentParser(commands: Command.descriptions).parse(words)
        let layers = SettingLayers(given: parsed.given)
        return String(reflecting: Options(CommandCall(words: parsed.words, layers: layers)))
      }
    }

    var testDescription: String { command.description.name }
  }

  private static let rows = [
    Row(.visualizer, VisualizerCommandOptions.self), Row(.lesson, LessonOptions.self),
    Row(.generate, GenerateOptions.self), Row(.next, NextOptions.self),
    Row(.tokenize, TokenizeOptions.self), Row(.logits, LogitsOptions.self),
    Row(.filter, FilterOptions.self), Row(.score, ScoreOptions.self), Row(.replay, ReplayOptions.self),
    Row(.report, ReportOptions.self), Row(.models, ModelsOptions.self),
    Row(.beam, BeamOptions.self), Row(.study, StudyOptions.self), Row(.download, DownloadOptions.self),
    Row(.serveCheck, ServeCheckOptions.self), Row(.bench, BenchOptions.self), Row(.help, HelpOptions.self),
  ]

  @Test func everyCommandButConfigHasARow() {
    let names = Self.rows.map(\.command.description.name)
    #expect(Command.descriptions.map(\.name).filter { !names.contains($0) } == ["config"])
  }

  /// An option that a command describes and does not read would be taken and ignored.
  @Test(arguments: rows)
  private func everyOptionReachesItsCommand(row: Row) throws {
    let name = row.command.description.name
    let command = name.isEmpty ? [] : [name]
    let general = OptionGroup.general.options.map(\.name)
    // What the command's one format is, and what a flag says that is on by default, changes nothing.
    let withoutEffect = general + ["stop-at-eos"] + (["logits", "filter"].contains(name) ? ["format"] : [])
    let plain = try row.written(command)
    for option in row.command.description.options where !withoutEffect.contains(option.name) {
      let results = try Self.arguments(of: option).map {
        try row.written(command + ["--" + option.name] + $0)
      }
      #expect(results.contains { $0 != plain }, "\(name) --\(option.name)")
    }
  }

  /// Arguments that the option takes; of a choice, not all are the default.
  private static func arguments(of option: Option) -> [[String]] {
    guard option.takesValue else { return [[]] }
    var candidates = ["0.5", "7", "2", "a.html", "mine: top-k 4"]
    if case .words(let words) = option.values { candidates = words }
    return candidates.filter { (try? option.read(OptionArgument(option: "", text: $0))) != nil }.map { [$0] }
  }
}

import Presentation

/// How results are written.
struct OutputOptions: OptionValues {
  enum Format: String, CaseIterable, Sendable { case text, table, json, jsonl, csv }

  /// nil: none was given.
  var format: Format?
}

/// The options of all commands.
struct GeneralOptions: OptionValues {
  var color = ColorChoice.auto
  /// `--version --verbose`
  var isVerbose = false
}

extension OptionGroup {
  /// `--format`, of which the first is the default, behind the command's own options.
  static func output(_ formats: [OutputOptions.Format], _ more: [Option] = []) -> OptionGroup {
    let names = formats.map(\.rawValue)
    return OptionGroup(
      title: "Output",
      options: more + [
        Option(
          "format", nil, "FORMAT", "\(inWords(names)) (\(names[0]))", \OutputOptions.format,
          offering: .words(names)
        ) { argument throws(UsageError) in
          guard names.contains(argument.text) else { throw argument.refused(inWords(names)) }
          return OutputOptions.Format(rawValue: argument.text)
        }
      ])
  }

  static let general = OptionGroup(
    title: "General",
    options: [
      Option(
        "color", nil, "WHEN", "colours: \(inWords(ColorChoice.allCases.map(\.rawValue))) (auto)",
        \GeneralOptions.color, offering: .words(ColorChoice.allCases.map(\.rawValue)),
        shown: { $0.color.rawValue }
      ) { argument throws(UsageError) in try argument.choice(of: ColorChoice.self) },
      Option(flag: "no-color", "the same as --color never (or set NO_COLOR)") {
        (options: inout GeneralOptions) in options.color = .never
      },
      Option(flag: "help", letter: "h", "this page", request: .help),
      Option(flag: "version", letter: "V", "the version", request: .version),
      Option(
        flag: "verbose", letter: "v", "with --version: what it was built with", \GeneralOptions.isVerbose),
    ])
}

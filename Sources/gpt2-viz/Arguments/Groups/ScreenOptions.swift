import Presentation

/// How the visualizer draws.
struct ScreenOptions: OptionValues {
  var isPlain = false
  var usesASCII = false
  var theme = ThemeChoice.auto
  var usesMouse = true
  var looksAhead = true
}

/// What becomes of the session when the program does not end as it should.
struct SavingOptions: OptionValues {
  /// `--resume`
  var resumes = false
  /// `--no-save`
  var savesSession = true
}

extension OptionGroup {
  static let screen = OptionGroup(
    title: "Screen",
    options: screenOfReplay.options + [
      Option(
        flag: "no-look-ahead", "run the model on key presses only", \ScreenOptions.looksAhead, to: false,
        isSetting: true)
    ])

  /// For a screen without a model.
  static let screenOfReplay = OptionGroup(
    title: "Screen",
    options: [
      Option(
        flag: "plain", "lines instead of a screen, for screen readers and dumb terminals",
        \ScreenOptions.isPlain, isSetting: true),
      Option(
        flag: "ascii", "draw with ASCII characters only", \ScreenOptions.usesASCII, isSetting: true),
      Option(
        "theme", nil, "THEME",
        "\(inWords(ThemeChoice.allCases.map(\.rawValue))); auto asks the terminal (auto)",
        \ScreenOptions.theme, offering: .words(ThemeChoice.allCases.map(\.rawValue)),
        shown: { $0.theme.rawValue }
      ) { argument throws(UsageError) in try argument.choice(of: ThemeChoice.self) },
      Option(
        flag: "no-mouse", "leave the mouse to the terminal", \ScreenOptions.usesMouse, to: false,
        isSetting: true),
    ])

  static let saving = OptionGroup(
    title: "Saved session",
    options: [
      Option(
        flag: "resume", "go on with the session that was kept last; with -m the last one of this model",
        \SavingOptions.resumes),
      Option(
        flag: "no-save", "do not save the session as it goes", \SavingOptions.savesSession, to: false,
        isSetting: true),
    ])
}

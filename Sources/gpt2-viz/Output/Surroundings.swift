import Glibc
import LMCore
import Presentation

/// Environment, standard output and terminal of a run.
struct Surroundings {
  let output: StandardOutput
  let environment: [String: String]
  /// Variables that mean nothing, a sentence each.
  var warnings: [String] = []
  /// `--color`
  var color = ColorChoice.auto

  init(
    output: StandardOutput = StandardOutput(), environment: [String: String] = ProcessEnvironment.variables
  ) {
    (self.output, self.environment) = (output, environment)
  }

  /// A variable that is set and not empty.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether text on standard output has escape codes: on terminals that know them, and where CLICOLOR_FORCE asks for
  /// them also in files and pagers.
  var usesColor: Bool {
    guard color == .auto else { return color == .always }
    guard color.usesColor(noColor: variable("NO_COLOR")) else { return false }
    if let force = variable("CLICOLOR_FORCE"), force != "0" { return true }
    return output.isTerminal && variable("TERM") ?? "dumb" != "dumb"
  }

  /// The width of the terminal that standard error is; nil where it is none, or one that cannot change a line.
  var errorColumns: Int? { variable("TERM") ?? "dumb" == "dumb" ? nil : columns(STDERR_FILENO) }

  /// The width of the terminal that standard output is; nil where it is none.
  var outputColumns: Int? { output.isTerminal ? columns(STDOUT_FILENO) : nil }

  private func columns(_ descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether the screen has colours; how many, terminfo says.
  var usesScreenColor: Bool { color.usesColor(noColor: variable("NO_COLOR")) }

  /// The terminal's background, where the environment tells it.
  var background: Background? {
    variable("COLORFGBG").flatMap { Background(colorFGBG: $0) } ?? (variable("TERM") == "linux" ? .dark : nil)
  }

  /// Eighth blocks need a terminal whose locale is UTF-8. Where no locale is set, UTF-8 is assumed.
  var drawsBlocks: Bool {
    output.isTerminal && variable("TERM") != "dumb" && localeIsUTF8
  }

  /// The characters that a text may use in this locale.
  var glyphs: GlyphSet { localeIsUTF8 ? .blocks : .ascii }

  var localeIsUTF8: Bool {
    guard let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") else { return true }
    let name = locale.lowercased()
    return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
  }
}

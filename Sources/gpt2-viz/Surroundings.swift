import Glibc
import Presentation

/// What a command may use of the world around it.
struct Surroundings {
  let output: StandardOutput
  let environment: [String: String]

  init(output: StandardOutput = StandardOutput(), environment: [String: String] = processEnvironment()) {
    (self.output, self.environment) = (output, environment)
  }

  /// A variable that is set and not empty.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Escape codes are for terminals that know them and people who want them. CLICOLOR_FORCE wants them in
  /// files and pagers, too.
  func usesColor(_ options: Options) -> Bool {
    guard options.color == .auto else { return options.color == .always }
    guard options.color.usesColor(noColor: variable("NO_COLOR")) else { return false }
    if let force = variable("CLICOLOR_FORCE"), force != "0" { return true }
    return output.isTerminal && variable("TERM") ?? "dumb" != "dumb"
  }

  /// The same for a screen, whose colours the terminal's own description bounds.
  func usesScreenColor(_ options: Options) -> Bool {
    options.color.usesColor(noColor: variable("NO_COLOR"))
  }

  /// Eighth blocks need a terminal whose locale is UTF-8. One that names no locale is taken for a modern one.
  var drawsBlocks: Bool {
    output.isTerminal && variable("TERM") != "dumb" && localeIsUTF8
  }

  /// What signs a text may have for people who read it in this locale.
  var glyphs: GlyphSet { localeIsUTF8 ? .blocks : .ascii }

  var localeIsUTF8: Bool {
    guard let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") else { return true }
    let name = locale.lowercased()
    return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
  }
}

func processEnvironment() -> [String: String] {
  var result: [String: String] = [:]
  var entry = environ
  while let text = entry.pointee {
    let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    // As getenv: the first of equal names counts.
    if parts.count == 2 { result[String(parts[0])] = result[String(parts[0])] ?? String(parts[1]) }
    entry += 1
  }
  return result
}

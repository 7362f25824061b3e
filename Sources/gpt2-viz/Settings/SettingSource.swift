import LMCore

/// Where a value comes from.
enum SettingSource: Equatable, Sendable {
  case program
  case file(path: String, line: Int)
  /// A variable of the environment.
  case environment(String)
  /// An option of the command line, as it was spelled.
  case option(String)

  /// Its name in JSON.
  var kind: String {
    switch self {
    case .program: "default"
    case .file: "file"
    case .environment: "environment"
    case .option: "option"
    }
  }

  /// `/home/me/.config/gpt2-viz/config:3`, `GPT2_VIZ_TOP_K`, `--top-k`; nil for the program's own choice.
  var place: String? {
    switch self {
    case .program: nil
    case .file(let path, let line): "\(path):\(line)"
    case .environment(let name), .option(let name): name
    }
  }
}

/// One value that was set for an option, and who set it.
struct NamedSetting: Sendable {
  let option: Option
  let change: OptionChange
  let source: SettingSource
}

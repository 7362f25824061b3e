import Glibc

/// The environment of this process.
public enum ProcessEnvironment {
  /// All variables. Where a name occurs twice, the first one counts, as for `getenv`.
  public static var variables: [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = variables[String(parts[0])] ?? String(parts[1]) }
      entry += 1
    }
    return variables
  }
}

/// A base directory of the XDG specification.
package enum BaseDirectory {
  case configuration, state

  private var variable: String { self == .configuration ? "XDG_CONFIG_HOME" : "XDG_STATE_HOME" }
  private var place: String { self == .configuration ? ".config" : ".local/state" }

  /// The program's own folder, which need not exist; nil where neither the variable nor `HOME` names one.
  ///
  /// By the specification a path that is not absolute does not count.
  package func programFolder(_ variables: [String: String]) -> String? {
    if let folder = Self.absolute(variables[variable]) { return folder + "gpt2-viz" }
    return Self.absolute(variables["HOME"]).map { "\($0)\(place)/gpt2-viz" }
  }

  /// The path with one slash at its end.
  private static func absolute(_ path: String?) -> String? {
    guard let path, path.hasPrefix("/") else { return nil }
    return path.hasSuffix("/") ? path : path + "/"
  }
}

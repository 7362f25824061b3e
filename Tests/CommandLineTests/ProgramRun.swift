import FuzzSupport
import Glibc
import LMCore
import Testing

/// One run of the built program, from its first word to its exit code.
struct ProgramRun {
  /// The program that the build has put beside the test bundle.
  static let executable: String = {
    let own = String(cString: realpath("/proc/self/exe", nil))
    return own.prefix(through: own.lastIndex(of: "/")!) + "gpt2-viz"
  }()
  /// The folder of the executable, for the PATH of a shell.
  static let folder = String(executable.prefix(upTo: executable.lastIndex(of: "/")!))

  let output: String
  let errors: String
  /// The exit code, or 128 + n after signal n.
  let code: Int32

  /// - Parameters:
  ///   - input: what stands on standard input; nil is /dev/null.
  ///   - environment: added to a small one of its own; the tests' environment is not inherited.
  init(
    _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:],
    executable: String = ProgramRun.executable
  ) throws {
    // A sanitizer would report in the program what it was told to leave alone.
    let sanitizer = Self.inherited(["ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"])
    let variables = [
      "PATH": "\(ProgramRun.folder):/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8",
      "TERM": "xterm-256color", "SWIFT_BACKTRACE": "enable=no",
    ].merging(sanitizer) { $1 }.merging(environment) { $1 }

    let process = try ProgramProcess([executable] + arguments, input: input, environment: variables)
    let status = process.status
    code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    output = String(decoding: process.output, as: UTF8.self)
    errors = String(decoding: process.errors, as: UTF8.self)
  }

  /// The variables of these names that the tests themselves have.
  private static func inherited(_ names: [String]) -> [String: String] {
    names.reduce(into: [:]) { variables, name in
      variables[name] = getenv(name).map { String(cString: $0) }
    }
  }

  /// A command line for bash, with the built program in PATH.
  static func shell(_ script: String, environment: [String: String] = [:]) throws -> ProgramRun {
    try ProgramRun(["-c", script], environment: environment, executable: "/bin/bash")
  }

  /// Where a program of the system is; nil where it is not installed.
  static func find(_ program: String) -> String? {
    ["/bin/", "/usr/bin/", "/usr/local/bin/"].map { $0 + program }.first { access($0, X_OK) == 0 }
  }

  /// The run failed with exit code 1 and one sentence, in which these words stand.
  func expectSentence(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(code == 1, "\(errors)", sourceLocation: sourceLocation)
    #expect(errors.hasPrefix("gpt2-viz: "), "\(errors)", sourceLocation: sourceLocation)
    #expect(errors.split(separator: "\n").count == 1, "\(errors)", sourceLocation: sourceLocation)
    for word in words { #expect(errors.contains(word), "\(errors)", sourceLocation: sourceLocation) }
  }

  /// The output as one JSON document, after a run without complaint.
  func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSON {
    try #require(code == 0, "\(errors)", sourceLocation: sourceLocation)
    #expect(errors == "", sourceLocation: sourceLocation)
    return try JSON(parsing: output)
  }

  /// The output's lines, each a JSON document.
  func jsonLines(sourceLocation: SourceLocation = #_sourceLocation) throws -> [JSON] {
    try #require(code == 0, "\(errors)", sourceLocation: sourceLocation)
    return try output.split(separator: "\n").map { try JSON(parsing: String($0)) }
  }
}

/// Expected answers read better as plain numbers.
extension JSON: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}

extension JSON {
  /// The numbers of a list.
  var doubles: [Double]? { array.map { $0.compactMap(\.double) } }
  /// The texts of a list.
  var strings: [String]? { array.map { $0.compactMap(\.string) } }
}

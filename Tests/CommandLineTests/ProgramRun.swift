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
    let variables = [
      "PATH": "\(ProgramRun.folder):/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8",
      "TERM": "xterm-256color", "SWIFT_BACKTRACE": "enable=no",
    ].merging(environment) { $1 }

    // Files rather than pipes: no reader and writer can wait for each other.
    let streams = (0..<3).compactMap { _ in tmpfile() }
    defer { for stream in streams { fclose(stream) } }
    try #require(streams.count == 3)
    let files = streams.map { fileno($0) }
    if let input {
      let written = write(files[0], input, input.count)
      try #require(written == input.count)
      lseek(files[0], 0, SEEK_SET)
    }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if input == nil {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    } else {
      posix_spawn_file_actions_adddup2(&actions, files[0], 0)
    }
    posix_spawn_file_actions_adddup2(&actions, files[1], 1)
    posix_spawn_file_actions_adddup2(&actions, files[2], 2)

    // Tests run on threads that block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var argv = ([executable] + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process: pid_t = 0
    let failure = posix_spawn(&process, executable, &actions, &attributes, &argv, &envp)
    try #require(failure == 0, "cannot start \(executable)")
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    output = String(decoding: Self.contents(of: files[1]), as: UTF8.self)
    errors = String(decoding: Self.contents(of: files[2]), as: UTF8.self)
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

  private static func contents(of file: Int32) -> [UInt8] {
    lseek(file, 0, SEEK_SET)
    var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = read(file, &piece, piece.count)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
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

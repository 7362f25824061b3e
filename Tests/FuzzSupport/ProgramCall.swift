import Glibc

/// The program refused an input; the sentence stood on standard error.
struct ProgramRefusal: Error {
  let sentence: String
}

/// A run of the built program on a damaged input.
enum ProgramCall {
  /// The program beside this one.
  static let executable: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = max(readlink("/proc/self/exe", &buffer, buffer.count - 1), 0)
    let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/gpt2-viz"
  }()

  /// Runs the program, and judges how it ended: with code 0, or with 1 or 2 and a sentence, which is thrown.
  ///
  /// - Returns: standard output.
  @discardableResult
  static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> [UInt8] {
    let streams = (0..<3).compactMap { _ in tmpfile() }
    defer { for stream in streams { fclose(stream) } }
    guard streams.count == 3 else { throw WrongResult("the test has no temporary files") }
    let files = streams.map { fileno($0) }
    fwrite(input, 1, input.count, streams[0])
    fflush(streams[0])
    lseek(files[0], 0, SEEK_SET)
    let status = try start(arguments, files, environment)
    let (output, errors) = (contents(of: files[1]), String(decoding: contents(of: files[2]), as: UTF8.self))
    guard status & 0x7F == 0 else { throw WrongResult("signal \(status & 0x7F): \(errors.suffix(2000))") }
    let code = status >> 8 & 0xFF
    guard (0...2).contains(code) else { throw WrongResult("exit code \(code): \(errors.prefix(2000))") }
    let bad = errors.unicodeScalars.first {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
    guard bad == nil else {
      throw WrongResult("a control character on standard error: \(errors.debugDescription)")
    }
    if code == 0 { return output }
    let lines = errors.split(separator: "\n")
    guard let first = lines.first, first.hasPrefix("gpt2-viz: "), lines.count <= 3 else {
      throw WrongResult("exit code \(code) without one sentence: \(errors.prefix(2000))")
    }
    throw ProgramRefusal(sentence: String(first))
  }

  private static func start(
    _ arguments: [String], _ files: [Int32], _ environment: [String: String]
  ) throws -> Int32 {
    let variables = [
      "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "TERM": "dumb",
      "SWIFT_BACKTRACE": "enable=no",
      "GPT2_VIZ_THREADS": "1",
    ].merging(environment) { $1 }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in 0..<3 {
      posix_spawn_file_actions_adddup2(&actions, files[descriptor], Int32(descriptor))
    }
    // Elsewhere, as keys may have the program write a trace under any name.
    let command = ["/usr/bin/env", "-C", ScratchFolder.path, executable]
    var argv = (command + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process: pid_t = 0
    guard posix_spawn(&process, command[0], &actions, nil, &argv, &envp) == 0 else {
      throw WrongResult("the test cannot start \(executable)")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
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

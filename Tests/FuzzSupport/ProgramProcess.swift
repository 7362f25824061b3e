import Glibc

/// A program that ran to its end, with files for its standard streams: no reader and writer can wait for each other.
public struct ProgramProcess {
  public struct StartFailure: Error, CustomStringConvertible {
    public let description: String
  }

  /// As `waitpid` tells it.
  public let status: Int32
  public let output: [UInt8]
  public let errors: [UInt8]

  /// - Parameters:
  ///   - command: the path of the program, and its arguments.
  ///   - input: what stands on standard input; nil is /dev/null.
  ///   - environment: all of it.
  public init(_ command: [String], input: [UInt8]?, environment: [String: String]) throws {
    let streams = (0..<3).compactMap { _ in tmpfile() }
    defer { for stream in streams { fclose(stream) } }
    guard streams.count == 3 else { throw StartFailure(description: "the test has no temporary files") }
    let files = streams.map { fileno($0) }
    if let input {
      guard fwrite(input, 1, input.count, streams[0]) == input.count, fflush(streams[0]) == 0 else {
        throw StartFailure(description: "the test cannot write the input")
      }
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

    var argv = command.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process: pid_t = 0
    guard posix_spawn(&process, command[0], &actions, &attributes, &argv, &envp) == 0 else {
      throw StartFailure(description: "the test cannot start \(command[0])")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    self.status = status
    (output, errors) = (Self.contents(of: files[1]), Self.contents(of: files[2]))
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

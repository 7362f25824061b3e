import Glibc

/// A program on a pseudo-terminal of its own, and the screen it draws. Needs no terminal, tmux or fork.
public final class Pty {
  public private(set) var screen: EmulatedScreen
  /// All that the program has written.
  public private(set) var bytes: [UInt8] = []
  private var master: Int32
  /// The program's end, where the terminal outlives the program as a shell's does; else -1.
  private let slave: Int32
  /// /dev/pts/…
  public let name: String
  /// What `settings` was before the program started, where the terminal outlives it.
  public let originalSettings: String
  public let child: pid_t
  private var isReaped = false

  public var output: String { String(decoding: bytes, as: UTF8.self) }

  public enum Failure: Error { case errno(Int32) }

  /// - Parameters:
  ///   - environment: added to TERM=xterm-256color and LC_ALL=C.UTF-8; nothing is inherited. "" removes.
  ///   - input: a file for the program's stdin in the terminal's place; "" closes stdin.
  ///   - outlivesProgram: keeps the terminal open after the program's end, so that another program can look at it.
  public init(
    _ path: String, _ arguments: [String] = [], columns: Int, rows: Int, environment: [String: String] = [:],
    input: String? = nil, outlivesProgram: Bool = false
  ) throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var name = [CChar](repeating: 0, count: 128)
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&master, &slave, &name, nil, &size) == 0 else { throw Failure.errno(errno) }
    // Or a child would keep its own terminal open.
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    // A test runs on a Dispatch thread, which blocks every signal, and a child inherits that.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    // 0x80 is POSIX_SPAWN_SETSID, which Glibc's module leaves out.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80))
    // The first terminal that a new session opens becomes its controlling one.
    posix_spawn_file_actions_addopen(&actions, 1, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    if input == "" {
      posix_spawn_file_actions_addclose(&actions, 0)
    } else if let input {
      posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    } else {
      posix_spawn_file_actions_adddup2(&actions, 1, 0)
    }
    // Without the last, a crashing Swift program waits half a minute for a debugger's answer.
    let standard = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]
    let variables = standard.merging(environment) { $1 }.filter { !$0.value.isEmpty }
    var argv = ([path] + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    self.name = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    originalSettings = outlivesProgram ? Self.settings(of: self.name) : ""
    var pid: pid_t = 0
    let failed = posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
    if !outlivesProgram || failed != 0 { close(slave) }
    guard failed == 0 else {
      close(master)
      throw Failure.errno(failed)
    }
    self.master = master
    self.slave = outlivesProgram ? slave : -1
    child = pid
    screen = EmulatedScreen(columns: columns, rows: rows)
  }

  deinit {
    close(master)
    if slave >= 0 { close(slave) }
    if !isReaped {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
  }

  /// Types the text. `\u{1B}[A` and its kin are keys, too.
  public func send(_ text: String) {
    let data = Array(text.utf8)
    _ = write(master, data, data.count)
  }

  public func signal(_ number: Int32) { kill(child, number) }

  /// Changes the window; the kernel sends SIGWINCH. The screen starts out blank, since all is drawn anew.
  public func resize(columns: Int, rows: Int) {
    // What was drawn for the old size must not land on the new screen.
    _ = wait(seconds: 0.05) { _ in false }
    resizeAtOnce(columns: columns, rows: rows)
  }

  /// The same while the program draws: what it drew for the old size may land on the new screen.
  public func resizeAtOnce(columns: Int, rows: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    screen.resize(columns: columns, rows: rows)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Reads until the screen satisfies `done`; false when the program ended or the time passed first.
  public func wait(seconds: Double = 10, until done: (EmulatedScreen) -> Bool) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while !done(screen) {
      let left = clock.now.duration(to: end) / .milliseconds(1)
      var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&ready, 1, Int32(left.rounded(.up))) > 0 else { return false }
      guard readOnce() else { return done(screen) }
    }
    return true
  }

  /// Waits until the text is on the screen.
  public func wait(for text: String, seconds: Double = 10) -> Bool {
    wait(seconds: seconds) { $0.text.contains(text) }
  }

  /// Waits until the text is in what was written so far, wherever.
  public func wait(forOutput text: String, seconds: Double = 10) -> Bool {
    wait(seconds: seconds) { [unowned self] _ in output.contains(text) }
  }

  /// The exit status as a shell shows it, after the program ends by itself; -1 if it does not.
  public func exitStatus(seconds: Double = 10) -> Int32 {
    let clock = ContinuousClock()
    // The end of its output comes before the end of the process.
    let end = clock.now + .seconds(seconds + (slave >= 0 ? 0 : 5))
    if slave < 0 { _ = wait(seconds: seconds) { _ in false } }
    var status: Int32 = 0
    while !isReaped, clock.now < end {
      isReaped = waitpid(child, &status, WNOHANG) == child
      // A program that is not read from cannot end.
      if !isReaped, !isRead(for: 5) { usleep(5_000) }
    }
    if !isReaped { return -1 }
    while isRead(for: 0) {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// Reads what comes within these milliseconds; false where nothing does.
  private func isRead(for milliseconds: Int32) -> Bool {
    var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return false }
    return readOnce()
  }

  private func readOnce() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(master, &buffer, buffer.count)
    // EIO: the last writer has closed it.
    guard count > 0 else { return false }
    bytes += buffer[..<count]
    screen.feed(buffer[..<count])
    return true
  }

  /// The terminal goes away, as when its window is closed.
  public func hangUp() {
    close(master)
    master = -1
  }

  /// True once the process is stopped, as after Ctrl-Z.
  public func waitUntilStopped(seconds: Double = 5) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while clock.now < end {
      var status: Int32 = 0
      if waitpid(child, &status, WNOHANG | WUNTRACED) == child { return status & 0xFF == 0x7F }
      _ = wait(seconds: 0.02) { _ in false }
    }
    return false
  }

  /// True while the terminal is in the state that a shell expects: lines are edited and echoed.
  public var isCooked: Bool {
    var settings = termios()
    guard tcgetattr(master, &settings) == 0 else { return false }
    return settings.c_lflag & tcflag_t(ICANON) != 0 && settings.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Seconds of processor time that the program has used.
  public var processorSeconds: Double {
    guard let file = fopen("/proc/\(child)/stat", "r") else { return -1 }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    // The fields after the name, which ends with the last ")": utime and stime are the 12th and 13th.
    let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: ")").last?.split(
      separator: " ")
    guard let fields, fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return -1
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Where a product of this package lies: beside the test bundle, which on Linux is the process itself.
  public static func product(_ name: String) -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(readlink("/proc/self/exe", &path, path.count), 0)
    let own = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex) + name
  }
}

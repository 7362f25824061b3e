import CGuard
import Glibc
import LMCore
import Presentation

/// Keys in and lines out, without a screen: for screen readers, dumb terminals and pipes.
///
/// Writes only text and line feeds, and restores the terminal whenever the process ends.
@MainActor
package final class PlainTerminal: KeySource {
  package let glyphs: GlyphSet

  /// The next key may be read: everything about the last one is done and reported.
  package var takesKeys = false
  /// A line of text is expected. On a terminal it is read in canonical mode, with the terminal's editing and echo.
  package var wantsText = false {
    didSet { if wantsText != oldValue { setMode() } }
  }
  /// The last key that was read; nil after `forgetKey`.
  package private(set) var lastKey: Key?
  /// Standard input has ended, and the keys that quit were sent: nothing more is reported.
  package private(set) var isQuitting = false
  /// The error number of a failed write; nil without one.
  package private(set) var outputError: Int32?

  private let input: Int32
  private let isTerminal: Bool
  private let wakeUp: WakeUp
  private var original = termios()
  private var reader: PlainKeyReader
  private var pending: [Key] = []
  private var isAtEnd = false
  private var signals = PendingSignals()
  private var isOpen = true

  /// The longest wait for the rest of an escape sequence, in milliseconds.
  private static let escapeDelay: Int32 = 50

  /// - Parameter inputIsTaken: standard input was read as a text, so that keys come from the terminal.
  package init(usesASCII: Bool, inputIsTaken: Bool, wakeUp: WakeUp) throws(TerminalError) {
    input = inputIsTaken ? open("/dev/tty", O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard input >= 0 else { throw .noKeysBesideText }
    // Fails also for a stream that the caller closed: its descriptor is then held by a write-only placeholder.
    let status = fcntl(input, F_GETFL)
    guard status >= 0, status & O_ACCMODE != O_WRONLY else { throw .inputIsClosed }
    isTerminal = isatty(input) == 1
    reader = PlainKeyReader(isTerminal ? .terminal : .lines)
    self.wakeUp = wakeUp
    glyphs = usesASCII ? .ascii : .blocks
    // A closed pipe is reported by `write`.
    signal(SIGPIPE, SIG_IGN)
    guard_start(input, wakeUp.descriptor)
    _ = tcgetattr(input, &original)
    guard_arm("")
    setMode()
  }

  package func forgetKey() { lastKey = nil }

  /// Restores the terminal. Further calls do nothing.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    if isTerminal { _ = tcsetattr(input, TCSANOW, &original) }
    guard_stop()
    signal(SIGPIPE, SIG_DFL)
  }

  /// Restores the terminal and ends the process by this signal, so that the shell sees the right exit status.
  package func end(bySignal signal: Int32) -> Never {
    close()
    guard_die(signal)
  }

  /// Sets the terminal to single keys without echo, or to whole lines with echo; Ctrl-C and Ctrl-Z send signals in both.
  private func setMode() {
    guard isTerminal, isOpen else { return }
    var settings = original
    if wantsText {
      settings.c_lflag |= tcflag_t(ICANON | ECHO)
    } else {
      settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
    }
    settings.c_iflag |= tcflag_t(ICRNL)
    _ = tcsetattr(input, TCSADRAIN, &settings)
  }

  // MARK: Lines

  package func write(_ lines: [String]) {
    guard outputError == nil, !lines.isEmpty else { return }
    let bytes = Array((lines.flatMap(wrapped).joined(separator: "\n") + "\n").utf8)
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress! + start, bytes.count - start)
      }
      if written < 0 {
        let errorNumber = errno
        if errorNumber == EINTR { continue }
        outputError = errorNumber
        return
      }
      start += written
    }
  }

  /// A line wrapped between words for a terminal; unchanged for a pipe or a file.
  private func wrapped(_ line: String) -> [String] {
    var window = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0,
      window.ws_col >= 20, CellWidth.width(of: line) >= window.ws_col
    else { return [line] }
    return TextFit.wrap(line, columns: Int(window.ws_col) - 1)
  }

  package func suspend() {
    if isTerminal { _ = tcsetattr(input, TCSANOW, &original) }
    repeat {
      let handler = signal(SIGTSTP, SIG_DFL)
      raise(SIGTSTP)
      signal(SIGTSTP, handler)
      signals.forgetContinuing()
      guard isTerminal, tcgetpgrp(input) != getpgrp() else { break }
      // Continued without the terminal, by `kill %1` or `bg`.
      signals.endIfAsked()
    } while getsid(0) != getpgrp()
    setMode()
  }

  // MARK: Keys

  package func nextKey(timeoutMilliseconds: Int?) -> Key? {
    guard isOpen, outputError == nil else { return .hangup }
    if !pending.isEmpty { return pending.removeFirst() }
    let end = timeoutMilliseconds.map { MonotonicClock.now.advanced(by: .milliseconds($0)) }
    var waitsForMore = true
    while true {
      if let key = takeSignal() { return key }
      if takesKeys, let key = takeKey(isComplete: !waitsForMore || isAtEnd) { return key }
      if takesKeys, isAtEnd { return quit() }
      var wait: Int32 = -1
      if let end {
        let left = MonotonicClock.now.duration(to: end) / .milliseconds(1)
        if left <= 0 { return nil }
        wait = Int32(min(left.rounded(.up), 1e9))
      }
      // An incomplete key waits for its other bytes.
      let isPartial = takesKeys && !wantsText && !reader.isEmpty
      if isPartial { wait = Self.escapeDelay }
      var sources = [
        pollfd(fd: takesKeys ? input : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&sources, 2, wait)
      if ready == 0, isPartial {
        waitsForMore = false
      } else if ready == 0 {
        return nil
      } else if ready > 0, sources[1].revents != 0 {
        wakeUp.clear()
        return takeSignal()
      } else if ready > 0, let gone = readMore() {
        return gone
      }
    }
  }

  /// The next key of the bytes that were read.
  private func takeKey(isComplete: Bool) -> Key? {
    guard let keys = reader.next(wantsText: wantsText, isComplete: isComplete), let first = keys.first else {
      return nil
    }
    takesKeys = false
    pending = Array(keys.dropFirst())
    // Ctrl-D is the end of input.
    if first == .control("d") { return quit() }
    lastKey = first
    return first
  }

  /// The keys that quit: Esc, which closes an open panel, then q. Called again where these were not enough.
  private func quit() -> Key {
    (isAtEnd, isQuitting, takesKeys) = (true, true, false)
    pending = [.character("q")]
    return .escape
  }

  /// Reads the bytes that have arrived. Returns a key only for the end of input or an error.
  private func readMore() -> Key? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(input, &buffer, buffer.count)
    if count > 0 {
      reader.append(buffer[..<count])
    } else if count == 0, isTerminal, wantsText {
      // Ctrl-D on an empty line cancels the text.
      pending = []
      takesKeys = false
      lastKey = .escape
      return .escape
    } else if count == 0, !isTerminal {
      isAtEnd = true
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      return .hangup
    }
    return nil
  }

  private func takeSignal() -> Key? {
    if let key = signals.takeMostImportant() {
      lastKey = key
      return key
    }
    // After SIGSTOP, which cannot be caught, the shell has changed the terminal's mode.
    if signals.takeRest().isContinued { setMode() }
    return nil
  }
}

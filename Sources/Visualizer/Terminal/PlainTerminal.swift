import CGuard
import Glibc
import LMCore
import Presentation

/// Keys in and lines out, without a screen: for screen readers, dumb terminals and pipes.
///
/// Sends nothing but text and line feeds, and restores the terminal however the process ends.
@MainActor
package final class PlainTerminal: KeySource {
  package let glyphs: GlyphSet

  /// A key may be taken: all that the last one asked for is done and said.
  package var takesKeys = false
  /// A line is asked for. On a terminal the user writes it with the terminal's own editing and echo.
  package var wantsText = false {
    didSet { if wantsText != oldValue { setMode() } }
  }
  /// The last key that was taken; nil once `forgetKey` was called.
  package private(set) var lastKey: Key?
  /// Standard input has ended, and the keys for it are on their way: nothing more is to be said.
  package private(set) var isQuitting = false
  /// Why a line could not be written: an error number.
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

  /// How long the rest of an escape sequence may take, in milliseconds.
  private static let escapeDelay: Int32 = 50

  /// - Parameter inputIsTaken: standard input was read as a text: keys come from the terminal.
  package init(usesASCII: Bool, inputIsTaken: Bool, wakeUp: WakeUp) throws(TerminalError) {
    input = inputIsTaken ? open("/dev/tty", O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard input >= 0 else { throw .noKeys }
    // Of a stream that the caller closed, too: the guard holds its place.
    let status = fcntl(input, F_GETFL)
    guard status >= 0, status & O_ACCMODE != O_WRONLY else { throw .inputIsClosed }
    isTerminal = isatty(input) == 1
    reader = PlainKeyReader(isTerminal ? .terminal : .lines)
    self.wakeUp = wakeUp
    glyphs = usesASCII ? .ascii : .blocks
    // A reader that goes away is met in `write`.
    signal(SIGPIPE, SIG_IGN)
    guard_start(input, wakeUp.descriptor)
    _ = tcgetattr(input, &original)
    guard_arm("")
    setMode()
  }

  package func forgetKey() { lastKey = nil }

  /// Gives the terminal back. Calling it again does nothing.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    if isTerminal { _ = tcsetattr(input, TCSANOW, &original) }
    guard_stop()
    signal(SIGPIPE, SIG_DFL)
  }

  /// Gives the terminal back and ends the process by this signal, so that the shell sees what it expects.
  package func end(bySignal signal: Int32) -> Never {
    close()
    guard_die(signal)
  }

  /// Single keys without echo, or whole lines with it; signals of the keyboard either way.
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

  /// A terminal would cut words in two. Anything else gets a line as it is.
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
      // Half a key waits for its other half.
      let isHalf = takesKeys && !wantsText && !reader.isEmpty
      if isHalf { wait = Self.escapeDelay }
      var sources = [
        pollfd(fd: takesKeys ? input : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&sources, 2, wait)
      if ready == 0, isHalf {
        waitsForMore = false
      } else if ready == 0 {
        return nil
      } else if ready > 0, sources[1].revents != 0 {
        wakeUp.silence()
        return takeSignal()
      } else if ready > 0, let gone = readMore() {
        return gone
      }
    }
  }

  /// The next key of those that were read.
  private func takeKey(isComplete: Bool) -> Key? {
    guard let keys = reader.next(wantsText: wantsText, isComplete: isComplete), let first = keys.first else {
      return nil
    }
    takesKeys = false
    pending = Array(keys.dropFirst())
    // Ctrl-D ends what is typed.
    if first == .control("d") { return quit() }
    lastKey = first
    return first
  }

  /// Closes what is open, then the program. Asked for again where that was not enough.
  private func quit() -> Key {
    (isAtEnd, isQuitting, takesKeys) = (true, true, false)
    pending = [.character("q")]
    return .escape
  }

  /// Reads what has arrived. Returns the key that stands for a terminal that is gone.
  private func readMore() -> Key? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(input, &buffer, buffer.count)
    if count > 0 {
      reader.append(buffer[..<count])
    } else if count == 0, isTerminal, wantsText {
      // Ctrl-D in an empty line: no text.
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
    // After a stop that could not be caught the shell has set the terminal up for itself.
    if signals.takeRest().isContinued { setMode() }
    return nil
  }
}

import CGuard
import CNcurses
import Glibc
import LMCore
import Presentation

/// The terminal through ncurses. Curses has one global state and is not thread-safe, so it is used on the main actor.
///
/// The terminal is restored whenever the process ends (see CGuard), except by SIGKILL.
@MainActor
package final class NcursesTerminal: KeySource, ScreenPresenter {
  package let capabilities: TerminalCapabilities
  private let input: Int32
  private let wakeUp: WakeUp
  /// Such a terminal ignores what it does not know. Hardware terminals and their emulations may print it.
  private let isOfXtermFamily: Bool
  private var shown: ScreenBuffer?
  private var isOpen = true
  /// Signals that arrived together with a more important one.
  private var signals = PendingSignals()

  private let hasAsked: Bool
  /// Until when replies of the terminal are due; nil where none is.
  private var repliesEnd: MonotonicClock.Instant?

  /// A code that was read ahead, and is not part of the sequence before it.
  private var codeAhead: Int32?

  /// The longest pause within an escape sequence, in milliseconds; the same as curses' own.
  private static let escapeDelay: Int32 = 25
  /// The longest pause within a reply of the terminal, in milliseconds, and the longest wait for one at the end.
  private static let replyDelay: Int32 = 200
  /// How long a reply is due, in seconds: meanwhile an Esc may be its beginning.
  private static let replyPeriod = 1.0
  /// The length limit of pasted text, in characters; the rest is dropped.
  private static let pasteLimit = 1 << 20

  package init(_ options: TerminalOptions, wakeUp: WakeUp) throws(TerminalError) {
    let name = getenv("TERM").map { String(cString: $0) } ?? ""
    guard isatty(STDOUT_FILENO) == 1 else { throw .outputIsNoTerminal }
    guard !name.isEmpty else { throw .typeUnset }
    input = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : open("/dev/tty", O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw .noKeys }
    let isUTF8 = nc_locale_is_utf8()
    guard_start(input, wakeUp.descriptor)
    let found = nc_open(input, options.usesColor, options.usesMouse) { guard_arm($0) }
    guard found == NC_OPENED else {
      guard_stop()
      switch found {
      case NC_UNKNOWN: throw .typeUnknown(name)
      case NC_TOO_SIMPLE: throw .typeTooSimple(name)
      case NC_NO_DATABASE: throw .noDatabase
      default: throw .cannotStart(name)
      }
    }
    self.wakeUp = wakeUp
    capabilities = TerminalCapabilities(
      colorDepth: ColorDepth(colors: options.usesColor ? Int(nc_colors()) : 0),
      // The fonts of the Linux console have only a few of the block characters.
      glyphs: isUTF8 && !options.usesASCII && name != "linux" ? .blocks : .ascii)
    isOfXtermFamily = !["vt", "ansi", "linux", "cons", "sun"].contains { name.hasPrefix($0) }
    hasAsked = options.asksBackground && isOfXtermFamily && capabilities.colorDepth != .none
    if hasAsked {
      nc_out(TerminalReply.question)
      repliesEnd = MonotonicClock.now.advanced(by: .seconds(Self.replyPeriod))
    }
  }

  /// Restores the terminal. Further calls do nothing.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    dropReplies()
    nc_close()
    guard_stop()
  }

  /// Restores the terminal and ends the process by this signal, so that the shell sees the right exit status.
  package func end(bySignal signal: Int32) -> Never {
    close()
    guard_die(signal)
  }

  package var size: Size { Size(columns: Int(nc_cols()), rows: Int(nc_rows())) }

  package func redrawEverything() {
    nc_redraw()
    shown = nil
  }

  package func suspend() {
    dropReplies()
    while !nc_suspend(input) {
      signals.endIfAsked()
      // Without job control the process was not stopped, so do not wait to be resumed.
      if getsid(0) == getpgrp() { break }
    }
    signals.forgetContinuing()
    shown = nil
  }

  package func present(_ buffer: ScreenBuffer) {
    guard isOpen, buffer != shown else { return }
    let screen = size
    let columns = Int32(min(buffer.size.columns, screen.columns))
    var row: [nc_cell] = []
    for y in 0..<min(buffer.size.rows, screen.rows) {
      if let shown, shown.size == buffer.size, shown.row(y) == buffer.row(y) { continue }
      row.removeAll(keepingCapacity: true)
      for cell in buffer.row(y) { row.append(Self.convert(cell)) }
      nc_put_row(Int32(y), row, columns, capabilities.colorDepth != .none)
    }
    // Not for a frame that clears the screen: tmux 3.7a loses such a frame (tmux#5340).
    nc_flush(isOfXtermFamily && shown != nil)
    shown = buffer
  }

  private static func convert(_ cell: Cell) -> nc_cell {
    var converted = nc_cell()
    converted.scalar = cell.scalar.value
    let marks = cell.marks
    if !marks.isEmpty {
      withUnsafeMutableBytes(of: &converted.marks) { bytes in
        for (index, mark) in marks.enumerated() {
          bytes.storeBytes(of: mark.value, toByteOffset: index * MemoryLayout<UInt32>.stride, as: UInt32.self)
        }
      }
    }
    converted.fg = index(of: cell.style.foreground)
    converted.bg = index(of: cell.style.background)
    converted.attrs = cell.style.attributes.rawValue
    converted.width = UInt8(cell.width)
    return converted
  }

  private static func index(of color: Color) -> Int16 {
    switch color {
    case .terminal: -1
    case .indexed(let index): Int16(index)
    }
  }

  // MARK: - Keys

  package func nextKey(timeoutMilliseconds: Int?) -> Key? {
    guard isOpen else { return .hangup }
    let end = timeoutMilliseconds.map { MonotonicClock.now.advanced(by: .milliseconds($0)) }
    var emptyReads = 0
    while true {
      if let key = takeSignal() ?? takeKey() { return key }
      var wait: Int32 = -1
      if let end {
        let left = MonotonicClock.now.duration(to: end) / .milliseconds(1)
        if left <= 0 { return nil }
        wait = Int32(min(left.rounded(.up), 1e9))
      }
      var sources = [
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&sources, 2, wait)
      if ready == 0 { return nil }
      if ready < 0 { continue }
      if sources[1].revents != 0 {
        wakeUp.clear()
        return takeSignal()
      }
      // A closed terminal is always readable, and curses only reports that there is no key.
      emptyReads += 1
      let isGone = sources[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
      if isGone || emptyReads > 100 { return takeKey() ?? .hangup }
    }
  }

  private func takeSignal() -> Key? {
    if let key = signals.takeMostImportant() { return key }
    let rest = signals.takeRest()
    if rest.isContinued {
      nc_resume()
    } else if rest.isResized {
      nc_take_size()
    } else {
      return nil
    }
    shown = nil
    return .resize
  }

  /// The next key that has arrived, if any.
  private func takeKey() -> Key? {
    while true {
      let code = takeCode()
      switch code {
      case NC_NONE: return nil
      case 0x1B: if let key = takeEscape() { return key }
      case NC_PASTE_BEGIN: return .paste(takePaste())
      case NC_KEY + KEY_MOUSE:
        var x: Int32 = 0
        var y: Int32 = 0
        let point = { Point(Int(x), Int(y)) }
        switch nc_mouse(&x, &y) {
        case NC_PRESS: return .mouse(.press, point())
        case NC_RELEASE: return .mouse(.release, point())
        case NC_WHEEL_UP: return .mouse(.wheelUp, point())
        case NC_WHEEL_DOWN: return .mouse(.wheelDown, point())
        default: continue
        }
      default:
        if let key = KeyDecoder.key(code) { return key }
      }
    }
  }

  private func takeCode() -> Int32 {
    defer { codeAhead = nil }
    return codeAhead ?? nc_key(0)
  }

  /// What an Esc means: the Esc key alone, or a reply of the terminal. nil for an unknown sequence, or Alt with a key,
  /// which is skipped.
  private func takeEscape() -> Key? {
    // No wait is needed: curses has waited for the rest, unless it is a reply that comes in pieces.
    var code = takeCode()
    if code == NC_NONE, areRepliesDue {
      code = nc_key(Self.replyDelay)
      // A key that was pressed later belongs to no Esc.
      if code != NC_NONE, code != 0x5B, code != 0x5D { codeAhead = code }
    }
    if code == NC_NONE || codeAhead != nil { return .escape }
    // Esc directly before another Esc, a known key or a paste, as a program that types for the user sends it.
    if code == 0x1B || code >= NC_KEY {
      codeAhead = code
      return .escape
    }
    var sequence = EscapeSequence()
    while code != NC_NONE {
      switch sequence.read(code) {
      case .unfinished:
        code = nc_key(areRepliesDue || sequence.isString ? Self.replyDelay : Self.escapeDelay)
      case .finished: return takeReply(String(sequence.text))
      case .foreign:
        codeAhead = code
        return nil
      }
    }
    return nil
  }

  // MARK: - Replies

  private var areRepliesDue: Bool { repliesEnd.map { MonotonicClock.now < $0 } ?? false }

  private func takeReply(_ sequence: String) -> Key? {
    switch TerminalReply(sequence) {
    case .background(let background) where hasAsked: return .background(background)
    case .attributes: repliesEnd = nil
    case .background, nil: break
    }
    return nil
  }

  /// Waits for replies that are still due, and drops them with the keys before them: behind the program's end a shell would
  /// take them for typed text.
  private func dropReplies() {
    let end = MonotonicClock.now.advanced(by: .milliseconds(Int(Self.replyDelay)))
    while areRepliesDue, case let left = MonotonicClock.now.duration(to: end) / .milliseconds(1), left > 0 {
      var source = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let ready = poll(&source, 1, Int32(left.rounded(.up)))
      if ready > 0, takeKey() == nil, source.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { break }
    }
    repliesEnd = nil
  }

  /// The pasted text up to the end mark; without a mark, up to a pause of 300 ms.
  private func takePaste() -> String {
    var text = String.UnicodeScalarView()
    var count = 0
    while true {
      let code = nc_key(300)
      if code == NC_NONE || code == NC_PASTE_END { break }
      guard code < NC_KEY, count < Self.pasteLimit, let scalar = Unicode.Scalar(UInt32(code)) else {
        continue
      }
      // Terminals send a carriage return for the end of a line.
      text.append(scalar == "\r" ? "\n" : scalar)
      count += 1
    }
    return String(text)
  }
}

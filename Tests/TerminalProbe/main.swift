import Glibc
import Presentation
import Visualizer

// Shows the last key, and does on request what a program does at its end: the tests look on from outside.

func warn(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

func overflow(_ depth: Int) -> Int { depth == -1 ? 0 : overflow(depth + 1) &+ overflow(depth &+ 2) }

@MainActor func run() throws(TerminalError) {
  let arguments = CommandLine.arguments.dropFirst()
  let wakeUp = try WakeUp()
  let terminal = try NcursesTerminal(
    TerminalOptions(
      usesColor: !arguments.contains("--no-color"), usesASCII: arguments.contains("--ascii"),
      asksBackground: arguments.contains("--ask")),
    wakeUp: wakeUp)
  var said = "ready"
  var frames = 0
  while true {
    frames += 1
    draw(said, frames: frames, on: terminal)
    guard let key = terminal.nextKey(timeoutMilliseconds: said == "tick" ? 50 : nil) else {
      said = said == "tick" ? "timeout" : "woken"
      continue
    }
    if arguments.contains("--tell") { warn("key \(key)") }
    switch key {
    case .character("q"): return terminal.close()
    case .interrupt: terminal.end(bySignal: SIGINT)
    case .terminate: terminal.end(bySignal: SIGTERM)
    case .hangup: terminal.end(bySignal: SIGHUP)
    case .suspend:
      terminal.suspend()
      said = "resumed"
    case .control("l"):
      terminal.redrawEverything()
      said = "redrawn"
    case .character("E"):
      warn("kept until the end")
      said = "warned"
    case .character("F"): fatalError("on purpose")
    case .character("T"): said = "\([Int]()[frames])"
    case .character("O"): said = "\(overflow(0))"
    case .character("H"): while true { sleep(1) }
    case .character("X"): exit(7)
    case .character("W"):
      let thread = Thread { wakeUp.notify() }
      thread.start()
      said = "waiting"
    case .character("t"): said = "tick"
    default: said = "\(key)"
    }
  }
}

@MainActor func draw(_ said: String, frames: Int, on terminal: NcursesTerminal) {
  let glyphs = terminal.capabilities.glyphs
  var buffer = ScreenBuffer(size: terminal.size)
  buffer.box(buffer.bounds, glyphs: glyphs, style: Style(.indexed(4)))
  let size = terminal.size
  buffer.put("\(size.columns)x\(size.rows) \(terminal.capabilities.colorDepth) \(glyphs)", at: Point(2, 1))
  buffer.put(said, at: Point(2, 2), style: Style(.indexed(1), on: .terminal, .bold))
  if glyphs == .blocks {
    buffer.put("日本 e\u{301}a\u{323}\u{302} 😀|", at: Point(2, 3))
  }
  buffer.put("colour 166", at: Point(2, 4), style: Style(.indexed(166), on: .indexed(2), [.underline]))
  terminal.present(buffer)
}

/// A thread without Foundation.
final class Thread {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  func start() {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { box in
        guard let box else { return nil }
        Unmanaged<Thread>.fromOpaque(box).takeRetainedValue().body()
        return nil
      }, box)
    pthread_detach(thread)
  }
}

do {
  try run()
} catch {
  warn("terminal-probe: \(error)")
  exit(1)
}

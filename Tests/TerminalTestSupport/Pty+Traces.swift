import Glibc

/// What a program has left of itself on its terminal, and in the system.
extension Pty {
  /// The terminal's settings as `stty -a` tells them. Where the terminal outlives the program.
  public var settings: String { Self.settings(of: name) }

  static func settings(of name: String) -> String {
    guard let pipe = popen("stty -a -F '\(name)' 2>&1", "r") else { return "stty cannot be started" }
    defer { pclose(pipe) }
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = fread(&buffer, 1, buffer.count, pipe)
    // Without the size of the window, which is the user's to change.
    return String(decoding: buffer[..<count], as: UTF8.self).split(
      separator: ";", omittingEmptySubsequences: false
    )
    .filter { !$0.hasPrefix(" rows ") && !$0.hasPrefix(" columns ") }.joined(separator: ";")
  }

  /// Every way in which the screen is not as a shell had it; empty where it is.
  public var disorder: [String] {
    let states = [
      ("the alternate screen is shown", screen.isAlternate),
      ("the cursor is hidden", !screen.isCursorVisible),
      ("pastes are bracketed", screen.pastesAreBracketed), ("the mouse is reported", screen.mouseIsReported),
      ("cursor keys are the application's", screen.cursorKeysAreApplication),
      ("a frame is held", screen.isHeld), ("lines are not edited", !isCooked),
    ]
    return states.filter(\.1).map(\.0)
  }

  /// Processes of the program's own session that are still there, zombies among them.
  public var survivors: [pid_t] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found: [pid_t] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let process = pid_t(name), getsid(process) == child { found.append(process) }
    }
    return found
  }
}

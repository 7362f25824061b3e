import Glibc
import LMCore

/// Standard output, written in large pieces.
///
/// `print` would lose the error of a full disk; here every write is checked.
final class StandardOutput {
  private static let pieceSize = 1 << 16

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// It is a terminal.
  let isTerminal: Bool

  init(descriptor: Int32 = STDOUT_FILENO) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    buffer.reserveCapacity(Self.pieceSize)
  }

  func write(_ text: String) throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.pieceSize { try flush() }
  }

  func writeLine(_ text: String = "") throws(OutputError) {
    try write(text)
    try write("\n")
  }

  /// Writes out the buffer.
  func flush() throws(OutputError) {
    // Also after a failure: the same bytes must not be written twice.
    defer { buffer.removeAll(keepingCapacity: true) }
    try gpt2_viz.write(buffer, to: descriptor)
  }
}

/// Output could not be written.
struct OutputError: Error, Equatable, CustomStringConvertible {
  let failure: SystemFailure

  /// The reader closed the pipe (`gpt2-viz … | head`), which is no error.
  var isClosedPipe: Bool { failure.errorNumber == EPIPE }

  var description: String { "cannot write the output: \(failure)" }
}

private func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
  do throws(FileSystemError) {
    try FileSystem.write(bytes, to: descriptor, path: "")
  } catch {
    throw OutputError(failure: error.failure)
  }
}

/// Writes a line to standard error; a failure of that is ignored.
func reportMessage(_ message: String) { reportPart(withoutControls(message) + "\n") }

/// Writes a part of a line to standard error, unchanged.
func reportPart(_ text: String) { try? write(Array(text.utf8), to: STDERR_FILENO) }

/// The text with control characters made visible, so that it cannot contain escape sequences.
func withoutControls(_ text: String, except allowed: Set<Unicode.Scalar> = ["\n", "\t"]) -> String {
  text.escaped { scalar in
    guard scalar.properties.generalCategory == .control, !allowed.contains(scalar) else { return nil }
    return "<\(scalar.value.hexadecimal(uppercase: true))>"
  }
}

import Glibc

/// Standard output, written in large pieces.
///
/// `print` would lose the error of a full disk; here every write is checked.
final class StandardOutput {
  private static let pieceSize = 1 << 16

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// True when it is a terminal, where a person reads along.
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

  /// Hands on everything written so far.
  func flush() throws(OutputError) {
    // Also after a failure: the same bytes must not come twice.
    defer { buffer.removeAll(keepingCapacity: true) }
    try writeFully(buffer, to: descriptor)
  }
}

/// Output could not be written.
struct OutputError: Error, Equatable, CustomStringConvertible {
  let errorNumber: Int32

  /// The reader went away (`gpt2-viz … | head`): no failure worth a message.
  var isClosedPipe: Bool { errorNumber == EPIPE }

  var description: String { "cannot write the output: \(String(cString: strerror(errorNumber)))" }
}

private func writeFully(_ bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
  var start = 0
  while start < bytes.count {
    let written = bytes.withUnsafeBytes { buffer in
      Glibc.write(descriptor, buffer.baseAddress! + start, buffer.count - start)
    }
    if written < 0 {
      let errorNumber = errno
      if errorNumber == EINTR { continue }
      throw OutputError(errorNumber: errorNumber)
    }
    start += written
  }
}

/// A line on standard error. There is nobody to tell when that fails too.
func say(_ message: String) { sayUnfinished(withoutControls(message) + "\n") }

/// A part of a line on standard error, as it is.
func sayUnfinished(_ text: String) { try? writeFully(Array(text.utf8), to: STDERR_FILENO) }

/// The text with control characters written out, so that no foreign text can command the terminal.
func withoutControls(_ text: String, except allowed: Set<Unicode.Scalar> = ["\n", "\t"]) -> String {
  guard text.unicodeScalars.contains(where: { isControl($0) && !allowed.contains($0) }) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isControl(scalar), !allowed.contains(scalar) {
      let digits = String(scalar.value, radix: 16, uppercase: true)
      result += "<" + (digits.count < 2 ? "0" : "") + digits + ">"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

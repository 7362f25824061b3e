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
    let variables = [
      "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "TERM": "dumb",
      "SWIFT_BACKTRACE": "enable=no",
      "GPT2_VIZ_THREADS": "1",
    ].merging(environment) { $1 }
    // Elsewhere, as keys may have the program write a trace under any name.
    let command = ["/usr/bin/env", "-C", ScratchFolder.path, executable]
    let process = try ProgramProcess(command + arguments, input: input, environment: variables)
    let (status, output) = (process.status, process.output)
    let errors = String(decoding: process.errors, as: UTF8.self)
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
}

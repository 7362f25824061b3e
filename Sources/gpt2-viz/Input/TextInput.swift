import Glibc
import LMCore

/// Why a text could not be read.
enum InputError: Error, Equatable, CustomStringConvertible {
  case unreadable(source: String, failure: SystemFailure)
  case tooLarge(source: String, limit: Int)
  case notRegular(source: String)
  case notUTF8(source: String, byte: UInt8, offset: Int)

  var description: String {
    switch self {
    case .unreadable(let source, let failure):
      "cannot read \(source): \(failure)"
    case .tooLarge(let source, let limit):
      "\(source) holds more than \(limit >> 20) MB; give a shorter text"
    case .notRegular(let source):
      "\(source) is not a regular file; a lesson can only name one"
    case .notUTF8(let source, let byte, let offset):
      "\(source) is not UTF-8: byte 0x\(byte.hexadecimal(uppercase: true)) at offset \(offset); convert it first, e.g. with iconv"
    }
  }
}

/// Reads whole inputs, byte for byte.
enum TextInput {
  private static let sizeLimit = 1 << 30

  /// Whether standard input is a pipe, a socket or a regular file, not a terminal or /dev/null.
  static var isGiven: Bool {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0 else { return false }
    return [S_IFIFO, S_IFREG, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  static func bytes(ofFile path: String) throws(InputError) -> [UInt8] {
    if path == "-" { return try bytes(from: STDIN_FILENO, named: "standard input") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(source: path, failure: SystemFailure()) }
    defer { close(descriptor) }
    return try bytes(from: descriptor, named: path)
  }

  /// The text of a file that another file names: no pipe, no device, no standard input.
  static func text(ofRegularFile path: String) throws(InputError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(source: path, failure: SystemFailure()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(source: path, failure: SystemFailure()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(source: path) }
    return try decode(try bytes(from: descriptor, named: path), named: path)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The file's text, nothing trimmed, nothing repaired.
  static func text(ofFile path: String) throws(InputError) -> String {
    try decode(try bytes(ofFile: path), named: path == "-" ? "standard input" : path)
  }

  static func decode(_ bytes: [UInt8], named source: String) throws(InputError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let offset = firstInvalidOffset(in: bytes)
    throw .notUTF8(source: source, byte: bytes[offset], offset: offset)
  }

  private static func bytes(from descriptor: Int32, named source: String) throws(InputError) -> [UInt8] {
    let bytes: [UInt8]?
    do throws(FileSystemError) {
      bytes = try FileSystem.readAll(descriptor, limit: sizeLimit, path: source)
    } catch {
      throw .unreadable(source: source, failure: error.failure)
    }
    guard let bytes else { throw .tooLarge(source: source, limit: sizeLimit) }
    return bytes
  }

  /// The offset of the first invalid UTF-8 sequence.
  static func firstInvalidOffset(in bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      offset += UTF8.width(scalar)
    }
    return min(offset, bytes.count - 1)
  }
}

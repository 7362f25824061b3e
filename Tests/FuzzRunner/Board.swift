import FuzzSupport
import Glibc

/// Numbers that a worker writes and its supervisor reads, also after the worker has died: a mapped file.
struct Board {
  private static let kinds = 64

  private let words: UnsafeMutablePointer<Int>

  /// A new file for a board; nil where none can be made.
  static func makeFile() -> String? {
    var name = TemporaryName.template("gpt2-viz-fuzz-board").utf8CString.map { $0 }
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return nil }
    close(descriptor)
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Nil where the file cannot be mapped.
  init?(_ path: String) {
    let size = (2 + 3 * Self.kinds) * MemoryLayout<Int>.size
    let file = open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard ftruncate(file, off_t(size)) == 0 else { return nil }
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let memory, memory != MAP_FAILED else { return nil }
    words = memory.assumingMemoryBound(to: Int.self)
  }

  /// The case that is running.
  var current: Int {
    get { words[0] }
    nonmutating set { words[0] = newValue }
  }

  enum Column: Int, CaseIterable { case accepted, refused, failed }

  func count(_ column: Column, kind: Int) -> Int { words[2 + 3 * kind + column.rawValue] }

  func add(_ column: Column, kind: Int) { words[2 + 3 * kind + column.rawValue] += 1 }
}

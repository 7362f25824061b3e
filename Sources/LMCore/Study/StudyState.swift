import Glibc

/// The finished texts of a study in a file, a line each, so that a study that was interrupted goes on where it stopped.
///
/// The first line says which study it is, and the file's name is made of it: the same call finds its file again. While a
/// study runs, its file is locked.
public final class StudyState {
  private static let sizeLimit = 1 << 32

  /// The file.
  public let path: String
  /// The texts that are in the file, by their index in the plan.
  public private(set) var texts: [Int: CollectedText] = [:]
  private let descriptor: Int32
  private var size = 0

  /// Opens the file of a study in a folder, and reads what is finished; makes both where they are missing.
  ///
  /// - Throws: `StudyError.stateInUse`, or `.stateUnusable`.
  public init(of plan: StudyPlan, _ profile: ModelProfile, in directory: String) throws(StudyError) {
    let identity = plan.identity(with: profile).description
    path = "\(directory)/study-\(Self.digest(identity)).jsonl"
    do throws(FileSystemError) {
      try FileSystem.makeDirectory(directory)
      descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw FileSystemError(path) }
    } catch {
      throw .stateUnusable(path: path, reason: error.reason)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .stateInUse(path: path) }
    try read(plan, identity)
  }

  deinit { close(descriptor) }

  /// Appends a finished text. After an error the file is as it was.
  public func append(_ index: Int, _ text: CollectedText) throws(StudyError) {
    let line: JSON = [
      "index": JSON(index), "ids": JSON(text.ids),
      "logprobs": .array(text.logProbabilities.map { JSON($0) }), "ended": JSON(text.isEnded),
    ]
    try write(line.description)
    texts[index] = text
  }

  /// Removes the file of a study that is done.
  public func remove() { unlink(path) }

  private func write(_ line: String) throws(StudyError) {
    let bytes = Array((line + "\n").utf8)
    do throws(FileSystemError) {
      try FileSystem.write(bytes, to: descriptor, path: path)
      size += bytes.count
    } catch {
      // Half a line would be in the way of the next one.
      cutToSize()
      throw .stateUnusable(path: path, reason: error.reason)
    }
  }

  private func cutToSize() {
    ftruncate(descriptor, off_t(size))
    lseek(descriptor, off_t(size), SEEK_SET)
  }

  private func read(_ plan: StudyPlan, _ identity: String) throws(StudyError) {
    let bytes: [UInt8]?
    do throws(FileSystemError) {
      bytes = try FileSystem.readAll(descriptor, limit: Self.sizeLimit, path: path)
    } catch {
      throw .stateUnusable(path: path, reason: error.reason)
    }
    guard let bytes else { throw .stateUnusable(path: path, reason: "it is too large; delete it") }
    // What stands behind the last line feed was cut off while it was written.
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    var lines = bytes[..<end].split(separator: UInt8(ascii: "\n"))[...]
    size = end
    cutToSize()
    guard let first = lines.popFirst() else { return try write(identity) }
    guard first.elementsEqual(identity.utf8) else {
      throw .stateUnusable(path: path, reason: "it holds another study; delete it")
    }
    for line in lines {
      guard let (index, text) = Self.text(in: Array(line), of: plan) else {
        throw .stateUnusable(path: path, reason: "it is damaged; delete it to begin anew")
      }
      texts[index] = text
    }
  }

  private static func text(in line: [UInt8], of plan: StudyPlan) -> (index: Int, text: CollectedText)? {
    guard let json = try? JSON(parsing: line), let index = json["index"]?.int,
      (0..<plan.textCount).contains(index), let ended = json["ended"]?.bool,
      let ids = json["ids"]?.array, ids.count <= plan.tokenCount, let logs = json["logprobs"]?.array,
      logs.count == ids.count + (ended ? 1 : 0)
    else { return nil }
    let text = CollectedText(
      ids: ids.compactMap { $0.int },
      // A probability of 0 has no finite logarithm.
      logProbabilities: logs.compactMap { $0 == .null ? -.infinity : $0.double }, isEnded: ended)
    guard text.ids.count == ids.count, text.logProbabilities.count == logs.count else { return nil }
    return (index, text)
  }

  /// FNV-1a.
  private static func digest(_ text: String) -> String {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }.hexadecimal(
      digits: 16)
  }
}

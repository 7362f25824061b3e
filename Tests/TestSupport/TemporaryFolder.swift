import Foundation

/// A folder that is removed after the test.
public final class TemporaryFolder {
  public let path: String

  public init() throws {
    path = Self.newPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// A copy of a fixture.
  public init(copying folder: String) throws {
    path = Self.newPath()
    try Self.copy(folder, to: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private static func newPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("gpt2-viz-\(UUID().uuidString)").path
  }

  /// Writes a file, and makes the folders above it where they are missing. Returns its path.
  @discardableResult
  public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try makeFolder(above: name)
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    return path + "/" + name
  }

  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

  public func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: false)
  }

  public func link(_ name: String, to target: String) throws {
    try makeFolder(above: name)
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
  }

  private func makeFolder(above name: String) throws {
    let folder = URL(fileURLWithPath: path + "/" + name).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  public func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }

  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  public func copy(_ name: String, to other: String) throws {
    try Self.copy(path + "/" + name, to: path + "/" + other)
  }

  /// Copies a file or a folder without its owner and group, which only root may give away.
  public static func copy(_ source: String, to target: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder), isFolder.boolValue else {
      return try Data(contentsOf: URL(fileURLWithPath: source)).write(to: URL(fileURLWithPath: target))
    }
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: source) {
      try copy(source + "/" + name, to: target + "/" + name)
    }
  }

  /// All files and links below, sorted.
  public func listing() -> [String] {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
      var isFolder: ObjCBool = false
      return !FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
        || !isFolder.boolValue
    }.sorted()
  }
}

import Glibc
import TestSupport
import Testing

@testable import LMCore

@Suite struct FileSystemTests {
  @Test func aFolderIsListed() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a", ".hidden", "c/d"] { try folder.write(name, name) }
    #expect(try FileSystem.list(folder.path) == [".hidden", "a", "b", "c"])
    #expect(FileSystem.names(in: folder.path) == [".hidden", "a", "b", "c"])
  }

  @Test func aFolderThatCannotBeListedHasItsReason() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "")
    for (name, reason) in [("none", "No such file or directory"), ("file", "Not a directory")] {
      let path = folder.path + "/" + name
      let error = #expect(throws: FileSystemError.self) { try FileSystem.list(path) }
      #expect(error?.path == path)
      #expect(error?.reason == reason)
      #expect(FileSystem.names(in: path) == [])
    }
  }

  @Test(arguments: [(0, 0, true), (1, 0, false), (70_000, 70_000, true), (70_000, 69_999, false)])
  func aDescriptorIsReadUpToItsLimit(count: Int, limit: Int, fits: Bool) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
    try folder.write("file", bytes)
    let file = open(folder.path + "/file", O_RDONLY)
    defer { close(file) }
    #expect(try FileSystem.readAll(file, limit: limit, path: "file") == (fits ? bytes : nil))
    #expect(FileSystem.read(folder.path + "/file", limit: limit) == (fits ? bytes : nil))
  }

  @Test func readingAndWritingSayWhatTheSystemSays() throws {
    let folder = open("/", O_RDONLY)
    defer { close(folder) }
    let reading = #expect(throws: FileSystemError.self) {
      try FileSystem.readAll(folder, limit: 1, path: "/")
    }
    #expect(reading == FileSystemError("/", errorNumber: EISDIR))
    let writing = #expect(throws: FileSystemError.self) {
      try FileSystem.write([1], to: folder, path: "/")
    }
    #expect(writing == FileSystemError("/", errorNumber: EBADF))
  }
}

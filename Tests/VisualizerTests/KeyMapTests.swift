import Glibc
import Testing

@testable import Visualizer

@Suite struct KeyMapTests {
  @Test func noKeyIsBoundTwice() {
    let keys = KeyMap.bindings.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
  }

  @Test func everyActionHasAKey() {
    #expect(Set(KeyMap.bindings.map(\.action)) == Set(Action.allCases))
  }

  /// The README lists the keys of the table, in the same order.
  @Test func theReadmeListsTheseKeys() throws {
    let readme = String(#filePath.dropLast("Tests/VisualizerTests/KeyMapTests.swift".count)) + "README.md"
    let lines = try String(decoding: bytes(ofFile: readme), as: UTF8.self).split(separator: "\n")
    let table = lines.drop { $0 != "| keys | what they do |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
    #expect(table.map(String.init) == KeyMap.bindings.map { "| \($0.shown) | \($0.what) |" })
  }

  private func bytes(ofFile path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return bytes
  }
}

import Foundation
import Testing

/// Documentation/Security.md names tests; they must be there.
@Suite struct SecurityNoteTests {
  @Test func everyThreatHasATestThatExists() throws {
    let root = TestFiles.repository.path + "/"
    let note = try String(contentsOfFile: root + "Documentation/Security.md", encoding: .utf8)
    let names = try #require(FileManager.default.enumerator(atPath: root + "Tests")).compactMap {
      $0 as? String
    }
    let threats = try #require(note.components(separatedBy: "## More than").first)
    let rows = threats.split(separator: "\n").filter { $0.hasPrefix("| ") }.filter {
      !$0.hasPrefix("| threat") && !$0.hasPrefix("| fault") && !$0.hasPrefix("| ---")
    }
    #expect(rows.count >= 20)
    for row in rows {
      let named = (row.split(separator: "|").last ?? "").matches(of: /`(\w+)(?:\.(\w+))?`/)
      #expect(!named.isEmpty, "no test: \(row)")
      for match in named {
        let file = names.first { $0.hasSuffix("/\(match.1).swift") }
        let text = try String(
          contentsOfFile: root + "Tests/" + (try #require(file, "\(match.1)")), encoding: .utf8)
        #expect(text.contains("struct \(match.1)") || text.contains("class \(match.1)"), "\(match.1)")
        if let function = match.2 { #expect(text.contains("func \(function)("), "\(match.1).\(function)") }
      }
    }
  }
}

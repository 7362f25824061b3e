import Foundation
import Testing

/// The folders of a module stand on floors, and a file names only what is declared in its own folder or on a lower floor.
///
/// Found by the names of declarations that are not indented; a member that an extension adds is not seen. Folders on one floor
/// do not see each other. Files beside the folders belong to the roof: they may see everything, and nobody sees them.
@Suite struct FloorsTests {
  struct Building: Sendable, CustomTestStringConvertible {
    let module: String
    /// From the ground up.
    let floors: [[String]]
    /// `Folder/File.swift: Name`, as a failure prints them. A list that may only become shorter.
    var exceptions: Set<String> = []

    var testDescription: String { module }
  }

  static let buildings = [
    Building(
      module: "gpt2-viz",
      floors: [["Arguments"], ["Output"], ["Input"], ["Settings"], ["Shell", "Report"], ["Commands"]]),
    Building(
      module: "LMCore",
      floors: [
        ["Support"], ["Numerics", "Network"], ["Checkpoint", "Decoding"], ["Tokenizer"], ["Prediction"],
        ["Transformer", "Served"], ["Session"], ["Methods"], ["Library", "Measurement"], ["Trace"],
        ["SavedSessions", "Study"],
      ]),
    Building(
      module: "Visualizer",
      floors: [
        ["Screen"], ["Theme"], ["Terminal"], ["Engine"], ["Keys"], ["Lesson"], ["App"], ["Layout"],
        ["Widgets"], ["View", "Plain"], ["Loop"],
      ]),
  ]

  @Test(arguments: buildings)
  func everyFolderHasAFloor(_ building: Building) throws {
    let folders = Set(try Self.sources(of: building.module).compactMap(\.folder))
    #expect(folders.subtracting(building.floors.joined()) == [], "without a floor")
    #expect(Set(building.floors.joined()).subtracting(folders) == [], "without a file")
  }

  @Test(arguments: buildings)
  func noArrowGoesUp(_ building: Building) throws {
    let arrows = Self.upwardArrows(in: try Self.sources(of: building.module), floors: building.floors)
    #expect(arrows.subtracting(building.exceptions) == [], "arrows that go up")
    #expect(building.exceptions.subtracting(arrows) == [], "exceptions that are none any more: remove them")
  }

  /// Architecture.md draws the floors of every module, the highest first: `  Folder · Folder   what they are`.
  @Test(arguments: buildings)
  func theDrawingAgrees(_ building: Building) throws {
    let path = TestFiles.repository.appending(path: "Documentation/Architecture.md").path
    let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
    let start = try #require(lines.firstIndex(of: building.module), "no drawing")
    let drawn = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.map { line in
      line.dropFirst(2).components(separatedBy: "  ")[0].components(separatedBy: " · ")
    }
    #expect(drawn == building.floors.reversed())
  }

  /// What the tests above look for is found.
  @Test func anArrowThatGoesUpIsFound() {
    let sources = [
      Source(path: "Low/A.swift", text: "struct A {\n  // B in a comment, \"B\" in a text\n  let b: B\n}\n"),
      Source(path: "High/B.swift", text: "public struct B { let a: A }\nprivate struct C {}\n"),
      Source(
        path: "Side/D.swift",
        text: "struct D {\n  struct B {}\n  let b = B()\n}\nlet e = \"\"\"\n  A\n  \"\"\"\n"
      ),
      Source(path: "main.swift", text: "let main = B()\n"),
    ]
    #expect(Self.upwardArrows(in: sources, floors: [["Low", "Side"], ["High"]]) == ["Low/A.swift: B"])
    #expect(Self.upwardArrows(in: sources, floors: [["High"], ["Low"], ["Side"]]) == ["High/B.swift: A"])
    #expect(Self.upwardArrows(in: sources, floors: [["Low", "High"], ["Side"]]).count == 2)
  }

  // MARK: Reading sources

  struct Source {
    /// From the module's folder on.
    let path: String
    /// Without comments and texts.
    let code: String
    let words: Set<Substring>

    init(path: String, text: String) {
      self.path = path
      var code = text.replacing(/"""[\s\S]*?"""/, with: "")
      code = code.replacing(/"(\\.|[^"\\\n])*"/, with: "")
      code = code.replacing(/\/\/[^\n]*/, with: "")
      self.code = code
      words = Set(code.split { !($0.isLetter || $0.isNumber || $0 == "_") })
    }

    /// Nil for a file beside the folders.
    var folder: String? { path.contains("/") ? path.split(separator: "/").first.map(String.init) : nil }

    /// The names that other files can use.
    var declared: Set<Substring> {
      Set(
        code.matches(
          of:
            /(?m)^(?:@\w+ )?(?:(?:public|package|final|indirect|nonisolated) )*(?:struct|class|enum|protocol|actor|typealias|func|let|var) (\w+)/
        ).map(\.1))
    }

    /// Types within types, whose names hide those of other folders.
    var nested: Set<Substring> {
      Set(code.matches(of: /(?m)^.*?\b(?:struct|class|enum|protocol|actor|typealias) (\w+)/).map(\.1))
    }
  }

  static func sources(of module: String) throws -> [Source] {
    let root = TestFiles.repository.path + "/Sources/" + module
    let names = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
    return try names.filter { $0.hasSuffix(".swift") }.map {
      Source(path: $0, text: try String(contentsOfFile: root + "/" + $0, encoding: .utf8))
    }
  }

  static func upwardArrows(in sources: [Source], floors: [[String]]) -> Set<String> {
    var floor: [String: Int] = [:]
    for (height, folders) in floors.enumerated() { for folder in folders { floor[folder] = height } }
    var owners: [Substring: Set<String>] = [:]
    var hidden: [String: Set<Substring>] = [:]
    for source in sources {
      for name in source.declared { owners[name, default: []].insert(source.folder ?? "") }
      hidden[source.folder ?? "", default: []].formUnion(source.nested)
    }
    var arrows: Set<String> = []
    for source in sources {
      guard let folder = source.folder, let height = floor[folder] else { continue }
      for word in source.words where !(hidden[folder]?.contains(word) ?? false) {
        guard let homes = owners[word], !homes.contains(folder) else { continue }
        // A name that is declared twice is taken for the lowest.
        let lowest = homes.map { floor[$0] ?? .max }.min() ?? .max
        if lowest >= height { arrows.insert("\(source.path): \(word)") }
      }
    }
    return arrows
  }
}

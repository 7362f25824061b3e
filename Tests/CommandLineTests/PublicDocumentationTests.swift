import Testing

/// Each public declaration of LMCore has a doc comment.
///
/// Exempt are members whose documentation is elsewhere:
/// - implementations of a requirement that a public protocol of LMCore documents, in a file with a conformance to or an
///   extension of such a protocol;
/// - `description`, operators, `hash` and literal initialisers;
/// - memberwise initialisers: each label is the name of a public property of the same file.
///
/// Cases of enums have no `public` and are not checked; requirements of public protocols are.
@Suite struct PublicDocumentationTests {
  @Test func eachPublicDeclarationHasADocComment() throws {
    let files = try HouseRulesTests.files(under: "Sources/LMCore", endings: [".swift"])
    #expect(Self.undocumented(in: files) == [])
  }

  /// What the test above looks for is found.
  @Test func missingCommentsAreFound() {
    let text = """
      /// A.
      public struct A {
        /// B.
        @discardableResult
        public func b() {}
        public let c: Int
        public let d: Int
        public init(c: Int, d: Int) {}
        public init(c: Int) {}
        public init() {}
        public init(c: Int, e: Int) {}
        public var description: String { "public" }
      }
      public protocol P {
        /// F.
        func f()
        func g()
      }
      extension P {
        public func f() {}
      }
      """
    #expect(
      Self.undocumented(in: [("A.swift", text), ("B.swift", "public func f() {}")]) == [
        "A.swift:6: public let c: Int", "A.swift:7: public let d: Int", "A.swift:10: public init() {}",
        "A.swift:11: public init(c: Int, e: Int) {}", "A.swift:14: public protocol P {",
        "A.swift:17: func g()", "B.swift:1: public func f() {}",
      ])
  }

  // MARK: Reading sources

  private struct File {
    let path: String
    let text: String
    let lines: [Substring]

    init(path: String, text: String) {
      (self.path, self.text) = (path, text)
      lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.drop { $0 == " " }
      }
    }

    func isDocumented(_ index: Int) -> Bool {
      lines[..<index].last { !$0.hasPrefix("@") }?.hasPrefix("///") ?? false
    }

    func isPublic(_ index: Int) -> Bool {
      lines[index].prefixMatch(of: /(@\w+(\([^)]*\))? )*public (?!extension)/) != nil
    }

    /// The requirements of public protocols: the protocol, the kind and name (`func f`), and the line.
    var requirements: [(owner: Substring, name: Substring, line: Int)] {
      var found: [(owner: Substring, name: Substring, line: Int)] = []
      var owner: Substring?
      for (index, line) in lines.enumerated() {
        if let start = line.prefixMatch(of: /public protocol (\w+)/) { owner = start.1 }
        if let owner, let name = line.prefixMatch(of: /(?:var|func) \w+/) {
          found.append((owner, name.0, index))
        }
        if line == "}" { owner = nil }
      }
      return found
    }

    /// The names of public properties.
    var properties: Set<Substring> {
      Set(text.matches(of: /public (?:[\w()]+ )*(?:let|var) (\w+)/).map(\.1))
    }

    /// True where each label of the initialiser is the name of a property.
    func isMemberwise(_ index: Int) -> Bool {
      guard lines[index].hasPrefix("public init(") else { return false }
      let signature = lines[index...].joined(separator: " ").prefix { $0 != "{" }
      let labels = signature.matches(of: /[(,]\s*(\w+)(?: \w+)?:/).map(\.1)
      return !labels.isEmpty && properties.isSuperset(of: labels)
    }
  }

  static func undocumented(in sources: [(path: String, text: String)]) -> [String] {
    let files = sources.map { File(path: $0.path, text: $0.text) }
    let requirements = files.flatMap(\.requirements)
    let protocols = Set(requirements.map(\.owner))
    return files.flatMap { file in
      let implements = protocols.contains {
        file.text.contains(": \($0) {") || file.text.contains("extension \($0) {")
      }
      let own = file.requirements.map(\.line)
      return file.lines.indices.filter { index in
        guard file.isPublic(index) || own.contains(index), !file.isDocumented(index) else { return false }
        let line = file.lines[index]
        return line.firstMatch(of: /var description\b|func (?:==|<|hash)|init\(\w+Literal\b/) == nil
          && !file.isMemberwise(index)
          && !(implements && requirements.contains { line.hasPrefix("public \($0.name)") })
      }.map { "\(file.path):\($0 + 1): \(file.lines[$0])" }
    }
  }
}

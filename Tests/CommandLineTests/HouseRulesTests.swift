import Foundation
import Testing

/// Rules of the repository that no compiler checks.
@Suite struct HouseRulesTests {
  /// Every tracked kind of source under a folder: its path in the repository, and its text.
  static func files(under folder: String, endings: [String]) throws -> [(path: String, text: String)] {
    let root = TestFiles.repository.path + "/"
    let names = try #require(FileManager.default.enumerator(atPath: root + folder)).compactMap {
      $0 as? String
    }
    return try names.filter { name in endings.contains { name.hasSuffix($0) } }.map { name in
      (folder + "/" + name, try String(contentsOfFile: root + folder + "/" + name, encoding: .utf8))
    }
  }

  private static func offenders(
    importing module: String, outside folders: [String]
  ) throws -> [String] {
    try files(under: "Sources", endings: [".swift"]).filter { path, text in
      let imports = text.split(separator: "\n").contains { line in
        let words = line.split(separator: " ")
        return words.contains("import") && words.last == Substring(module)
      }
      return imports && !folders.contains { path.hasPrefix($0) }
    }.map(\.path)
  }

  @Test(
    arguments: [
      ("CNcurses", ["Sources/Visualizer/Terminal/"]), ("COpenBLAS", ["Sources/LMCore/Numerics/"]),
      ("CKernels", ["Sources/LMCore/Numerics/"]),
      // The program's first line gives a signal back that the Swift runtime took.
      ("CGuard", ["Sources/Visualizer/Terminal/", "Sources/gpt2-viz/main.swift"]),
      ("CMappedFiles", ["Sources/LMCore/Support/"]),
      ("CCrypto", ["Sources/LMCore/Library/"]), ("CCurl", ["Sources/LMCore/Network/"]), ("Foundation", []),
      ("FoundationEssentials", []),
    ] as [(String, [String])])
  func importsStayWhereTheyBelong(module: String, folders: [String]) throws {
    #expect(try Self.offenders(importing: module, outside: folders) == [])
  }

  @Test func theCoreKnowsNoScreen() throws {
    let offenders = try Self.offenders(importing: "Visualizer", outside: ["Sources/gpt2-viz/"])
    #expect(offenders == [])
  }

  @Test func noFileIsTooLong() throws {
    for folder in ["Sources", "Tests"] {
      for (path, text) in try Self.files(under: folder, endings: [".swift", ".c", ".h", ".inc"]) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(lines <= 400, "\(path) has \(lines) lines")
      }
    }
  }

  @Test func librariesPrintNothing() throws {
    for folder in ["Sources/LMCore", "Sources/Presentation", "Sources/Visualizer"] {
      for (path, text) in try Self.files(under: folder, endings: [".swift"]) {
        #expect(text.firstMatch(of: /(^|[^.\w])(print|debugPrint|dump)\(/) == nil, "\(path) prints")
      }
    }
  }

  /// What the compiler is told not to check has a reason in its comment, and a suite of tests.
  @Test func uncheckedSendabilityHasAReasonAndATest() throws {
    let suites = try Self.files(under: "Tests", endings: [".swift"]).map(\.path)
    for folder in ["Sources", "Tests"] {
      for (path, text) in try Self.files(under: folder, endings: [".swift"]) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(": @unchecked" + " Sendable") {
          let comment = lines[..<index].reversed().prefix { $0.hasPrefix("///") }.reversed().joined(
            separator: " ")
          let name = comment.firstMatch(of: /Unchecked: .* Tested by (\w+)\./)?.1
          #expect(name != nil, "\(path):\(index + 1) gives no reason and no test")
          if let name {
            #expect(suites.contains { $0.hasSuffix("/\(name).swift") }, "there is no suite \(name)")
          }
        }
        #expect(!text.contains("nonisolated(unsafe)" + " var"), "\(path) has a variable that nobody checks")
      }
    }
  }

  @Test func noSourceCanEndTheProgramOnItsOwn() throws {
    for (path, text) in try Self.files(under: "Sources", endings: [".swift"]) {
      #expect(text.firstMatch(of: /\btry!|\bas!|\bfatalError\(/) == nil, "\(path) has a trap")
    }
  }

  /// Somebody sets the clock, a summer ends: no wait and no rate may notice.
  @Test func nothingIsMeasuredByAClockThatJumps() throws {
    // Says how long ago a session was saved.
    let exception = "LMCore/Support/WallClock.swift"
    for (path, text) in try Self.files(under: "Sources", endings: [".swift", ".c", ".h"])
    where !path.hasSuffix(exception) {
      let found = text.firstMatch(
        of:
          /CLOCK_REALTIME|gettimeofday|\btime\((NULL|nil|0)\)|wallDeadline|DispatchWallTime|wallNow|\bDate\(/)
      #expect(found == nil, "\(path) reads the wall clock: \(found?.output.0 ?? "")")
    }
  }
}

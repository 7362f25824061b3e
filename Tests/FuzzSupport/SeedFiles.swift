import Glibc
import LMCore

/// Files of the repository that inputs are made from, and a folder for those that must lie on a disk.
enum SeedFiles {
  static let repository: String = {
    var path = #filePath
    for _ in 0..<3 { path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
    return path
  }()

  /// The bytes of a file of the repository; none where it cannot be read, which a test rules out.
  static func read(_ path: String) -> [UInt8] {
    (try? MappedFile(path: repository + "/" + path)).map { Array($0.bytes) } ?? []
  }

  /// A file of one of the tests' models: a GPT-2, or a model of another family.
  static func readModel(_ name: String, _ file: String = "model.safetensors") -> [UInt8] {
    let bytes = read("Tests/LMCoreTests/Fixtures/Models/\(name)/\(file)")
    return bytes.isEmpty ? read("Tests/LMCoreTests/Fixtures/Families/\(name)/\(file)") : bytes
  }

  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

/// Names that no other run has, also where runs in several containers share a folder and process numbers.
public enum TemporaryName {
  /// For `mkdtemp` and `mkstemp`.
  public static func template(_ name: String) -> String {
    (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/\(name)-XXXXXX"
  }
}

/// A folder of this process, made when it is first asked for.
enum ScratchFolder {
  static let path: String = {
    var name = TemporaryName.template("gpt2-viz-fuzz").utf8CString.map { $0 }
    return mkdtemp(&name).map { String(cString: $0) } ?? ""
  }()

  static func makeFolder(_ name: String) { mkdir(path + "/" + name, 0o700) }

  @discardableResult
  static func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let target = path + "/" + name
    guard let file = fopen(target, "w") else { throw WrongResult("the test cannot write \(target)") }
    fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0 else { throw WrongResult("the test cannot write \(target)") }
    return target
  }
}

/// The name of a model on the Hugging Face hub: `organisation/name`, or a bare `name` of the early days.
public struct RepositoryID: Hashable, Sendable, CustomStringConvertible {
  /// The name as given: `organisation/name` or `name`.
  public let text: String

  public var description: String { text }

  /// Nil unless the hub would accept the name: at most 96 letters, digits, `-`, `_` and `.` a part, none of them
  /// `-` or `.` at an end, no `--` or `..`, no `.git` behind.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy(Self.isValid), !text.hasSuffix(".git") else { return nil }
    self.text = text
  }

  private static func isValid(_ part: Substring) -> Bool {
    guard (1...96).contains(part.utf8.count), let first = part.utf8.first, let last = part.utf8.last else {
      return false
    }
    return part.utf8.allSatisfy { $0.isWordCharacter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
      && first.isWordCharacter && last.isWordCharacter && !part.contains("--") && !part.contains("..")
  }

  /// The id from before models had organisations, spelled as the hub spells it now; nil for every other id.
  public var canonical: RepositoryID? {
    switch text {
    case "gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl": RepositoryID("openai-community/" + text)
    case "distilgpt2": RepositoryID("distilbert/" + text)
    default: nil
    }
  }

  /// `models--organisation--name`, the repository's folder in the cache.
  var folderName: String { "models--" + text.split(separator: "/").joined(separator: "--") }

  /// The id that a folder of the cache stands for.
  init?(folderName: String) {
    guard folderName.hasPrefix("models--") else { return nil }
    let name = folderName.dropFirst("models--".count)
    guard let separator = name.firstRange(of: "--") else {
      self.init(String(name))
      return
    }
    self.init(name[..<separator.lowerBound] + "/" + name[separator.upperBound...])
  }
}

extension UInt8 {
  fileprivate var isWordCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

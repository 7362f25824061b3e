import LMCore

/// One file of a model that the server of the tests gives out.
public struct HubContent: Sendable {
  public var bytes: [UInt8]
  /// Without quotes.
  public var tag: String
  /// Whether the hub sends on to the content server, as it does with large files.
  public var isLarge: Bool

  public init(_ bytes: [UInt8], tag: String, isLarge: Bool = false) {
    (self.bytes, self.tag, self.isLarge) = (bytes, tag, isLarge)
  }

  /// With the tag that the hub gives to a file: git's hash, or the SHA-256 of a large one.
  public init(tagging bytes: [UInt8], isLarge: Bool = false) {
    let digest = MessageDigest(isLarge ? .sha256 : .sha1)
    if !isLarge { Array("blob \(bytes.count)\0".utf8).withUnsafeBytes { digest.update($0) } }
    bytes.withUnsafeBytes { digest.update($0) }
    self.init(bytes, tag: digest.hexadecimal ?? "", isLarge: isLarge)
  }
}

/// A model that the server of the tests gives out.
public struct HubRepository: Sendable {
  public var commit: String
  public var files: [String: HubContent]
  /// Branches and tags that stand at the commit.
  public var revisions: Set<String> = ["main"]
  /// What everybody without this token is told, and the token.
  public var gate: (status: Int, code: String?, token: String)?
  /// The model's new name, to which its old one leads.
  public var movedTo: String?

  public init(commit: String, files: [String: HubContent]) { (self.commit, self.files) = (commit, files) }
}

/// What goes wrong with one answer.
public enum HubFault: Sendable {
  /// The connection ends behind so many bytes of the body.
  case cut(after: Int)
  /// All bytes come although a part was asked for.
  case ignoreRange
  /// A part comes, but not the one that was asked for.
  case wrongRange
  /// One byte is another one.
  case damage(at: Int)
  case status(Int, headers: [String] = [])
  /// Nothing comes any more behind so many bytes.
  case stall(after: Int, seconds: Double)
  /// So many bytes a second.
  case slow(bytesPerSecond: Int)
  /// Says and sends more bytes than the hub has announced.
  case extra(Int)
  /// Comes compressed, although nobody asked for that.
  case compressed
  /// Leads to another address.
  case redirect(String)
}

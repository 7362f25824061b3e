/// The ETag by which the hub names a version of a file, and the name of its blob in the cache.
///
/// 64 hexadecimal digits are the SHA-256 of the contents (large files), 40 are git's SHA-1 of them (small files);
/// any other text of another server says nothing about the contents.
package struct ContentTag: Equatable, Sendable {
  package let text: String

  enum Kind: Equatable, Sendable { case sha256, gitBlob, opaque }

  /// nil for a value that cannot be a file's name.
  package init?(header: String) {
    var value = Substring(header)
    if value.hasPrefix("W/") { value = value.dropFirst(2) }
    while value.hasPrefix("\"") { value = value.dropFirst() }
    while value.hasSuffix("\"") { value = value.dropLast() }
    let isName = value.utf8.allSatisfy { byte in
      byte > UInt8(ascii: " ") && byte < 0x7F && byte != UInt8(ascii: "/")
    }
    // File systems take names of 255 bytes at most, and an incomplete file has a suffix.
    guard isName, !value.isEmpty, value.utf8.count <= 200, value.utf8.first != UInt8(ascii: ".") else {
      return nil
    }
    text = String(value)
  }

  var kind: Kind {
    guard text.utf8.allSatisfy(\.isLowerCaseHexadecimal) else { return .opaque }
    switch text.utf8.count {
    case 64: return .sha256
    case 40: return .gitBlob
    default: return .opaque
    }
  }

  /// Checks `size` bytes against this tag.
  func makeVerifier(size: Int) -> ContentVerifier { ContentVerifier(tag: self, size: size) }
}

extension UInt8 {
  var isLowerCaseHexadecimal: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}

/// Hashes the bytes of one file, and compares the hash with the file's tag.
struct ContentVerifier {
  private let tag: ContentTag
  /// nil where the tag is no hash.
  private let digest: MessageDigest?

  /// - Parameter size: bytes of the whole file, which are part of git's hash.
  init(tag: ContentTag, size: Int) {
    self.tag = tag
    switch tag.kind {
    case .sha256: digest = MessageDigest(.sha256)
    case .gitBlob:
      digest = MessageDigest(.sha1)
      Array("blob \(size)\0".utf8).withUnsafeBytes { digest?.update($0) }
    case .opaque: digest = nil
    }
  }

  func update(_ bytes: UnsafeRawBufferPointer) { digest?.update(bytes) }

  /// The hash of the bytes so far where it differs from the tag, "" where it cannot be computed; nil where it agrees or
  /// the tag is no hash.
  var mismatch: String? {
    guard let digest else { return nil }
    let found = digest.hexadecimal ?? ""
    return found == tag.text ? nil : found
  }
}

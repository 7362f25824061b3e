import Testing

@testable import LMCore

/// The examples of FIPS 180-4 and RFC 6234.
@Suite struct MessageDigestTests {
  private func digest(_ bytes: [UInt8], _ algorithm: MessageDigest.Algorithm, piece: Int = .max) -> String? {
    let digest = MessageDigest(algorithm)
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(piece))
      part.withUnsafeBytes { digest.update($0) }
      rest = rest.dropFirst(part.count)
    }
    return digest.hexadecimal
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func sha256(text: String, expected: String) {
    #expect(digest(Array(text.utf8), .sha256) == expected)
  }

  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
  ])
  func sha1(text: String, expected: String) {
    #expect(digest(Array(text.utf8), .sha1) == expected)
  }

  @Test func aMillionTimesTheSameLetter() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    for piece in [1_000_000, 65_536, 4097, 64, 63, 1] {
      #expect(
        digest(bytes, .sha256, piece: piece)
          == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
      #expect(digest(bytes, .sha1, piece: piece) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    }
  }

  @Test func theDigestOfAPartLeavesTheStreamAsItWas() {
    let digest = MessageDigest(.sha256)
    Array("a".utf8).withUnsafeBytes { digest.update($0) }
    _ = digest.hexadecimal
    Array("bc".utf8).withUnsafeBytes { digest.update($0) }
    #expect(digest.hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}

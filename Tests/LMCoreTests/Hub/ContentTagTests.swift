import Testing

@testable import LMCore

@Suite struct ContentTagTests {
  @Test(arguments: [
    ("\"abc\"", "abc"), ("W/\"abc\"", "abc"), ("abc", "abc"), ("\"9e5d-12\"", "9e5d-12"),
  ])
  func readsTheHeader(header: String, expected: String) {
    #expect(ContentTag(header: header)?.text == expected)
  }

  /// The tag becomes a file's name.
  @Test(arguments: [
    "", "\"\"", "\"a/b\"", "\"..\"", "\".hidden\"", "a b", "a\u{7}", "é", String(repeating: "a", count: 201),
  ])
  func refusesWhatCanNameNoFile(header: String) {
    #expect(ContentTag(header: header) == nil)
  }

  @Test func theLengthTellsTheKind() {
    let digits = String(repeating: "0123456789abcdef", count: 4)
    #expect(ContentTag(header: digits)?.kind == .sha256)
    #expect(ContentTag(header: String(digits.prefix(40)))?.kind == .gitBlob)
    #expect(ContentTag(header: String(digits.prefix(39)))?.kind == .opaque)
    #expect(ContentTag(header: digits.uppercased())?.kind == .opaque)
    #expect(ContentTag(header: String(digits.prefix(32)))?.kind == .opaque)
  }

  /// As `git hash-object` says.
  @Test(arguments: [
    ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"), ("hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
  ])
  func verifiesGitsHash(text: String, expected: String) throws {
    let verifier = try #require(ContentTag(header: expected)).makeVerifier(size: text.utf8.count)
    Array(text.utf8).withUnsafeBytes { verifier.update($0) }
    #expect(verifier.mismatch == nil)
    Array("!".utf8).withUnsafeBytes { verifier.update($0) }
    #expect(verifier.mismatch != nil)
  }

  @Test func verifiesTheHashOfALargeFile() throws {
    let tag = try #require(
      ContentTag(header: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    let verifier = tag.makeVerifier(size: 3)
    Array("ab".utf8).withUnsafeBytes { verifier.update($0) }
    #expect(verifier.mismatch == "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603")
    Array("c".utf8).withUnsafeBytes { verifier.update($0) }
    #expect(verifier.mismatch == nil)
  }

  @Test func anUnknownTagSaysNothing() throws {
    let verifier = try #require(ContentTag(header: "v1")).makeVerifier(size: 3)
    Array("abc".utf8).withUnsafeBytes { verifier.update($0) }
    #expect(verifier.mismatch == nil)
  }
}

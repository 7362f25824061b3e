import Testing

@testable import LMCore

@Suite struct WebAddressTests {
  @Test func readsTheParts() throws {
    let address = try #require(WebAddress("https://Example.org/a?b=c"))
    #expect((address.scheme, address.host, address.port) == ("https", "example.org", "443"))
    #expect(WebAddress("http://127.0.0.1:8080")?.port == "8080")
  }

  @Test(arguments: [
    "", "example.org", "ftp://example.org/", "file:///etc/passwd", "https://", "https://a b/", "http://a:b/",
  ])
  func refusesWhatIsNoWebAddress(text: String) {
    #expect(WebAddress(text) == nil)
  }

  @Test(arguments: [
    ("/c/d", "https://a.example/c/d"), ("d", "https://a.example/x/d"),
    ("//b.example/c", "https://b.example/c"),
    ("http://b.example:81/c?d=e", "http://b.example:81/c?d=e"), ("/a b", "https://a.example/a%20b"),
  ])
  func followsRedirects(reference: String, expected: String) throws {
    let address = try #require(WebAddress("https://a.example/x/y?z"))
    #expect(address.following(reference)?.text == expected)
  }

  @Test func anotherSchemeOrPortIsAnotherServer() throws {
    let address = try #require(WebAddress("https://a.example/x"))
    #expect(try address.hasSameOrigin(as: #require(WebAddress("https://A.example:443/y"))))
    for other in [
      "http://a.example/x", "https://a.example:444/x", "https://b.example/x", "https://a.example.evil/x",
    ] {
      #expect(try !address.hasSameOrigin(as: #require(WebAddress(other))), "\(other)")
    }
    // The host is what stands behind the last @ of the authority, not what a reader sees first.
    #expect(WebAddress("https://a.example@evil.example/x")?.host == "evil.example")
  }

  @Test func escapesARevision() {
    #expect(WebAddress.escape("refs/pr/1") == "refs%2Fpr%2F1")
    #expect(WebAddress.escape("a b/ü.json", keepingSlashes: true) == "a%20b/%C3%BC.json")
    #expect(WebAddress.escape("v1.0_x-y~z") == "v1.0_x-y~z")
  }
}

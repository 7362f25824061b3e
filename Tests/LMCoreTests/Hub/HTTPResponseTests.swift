import Testing

@testable import LMCore

@Suite struct HTTPResponseTests {
  private func response(_ lines: String...) -> HTTPResponse {
    var response = HTTPResponse()
    for line in lines { response.read(line: line + "\r\n") }
    return response
  }

  @Test func readsStatusAndHeaders() {
    let response = response("HTTP/1.1 200 OK", "X-Repo-Commit:  abc ", "ETag: \"a:b\"", "")
    #expect(response.status == 200)
    #expect(response["x-repo-commit"] == "abc")
    #expect(response["etag"] == "\"a:b\"")
    #expect(response["Location"] == nil)
  }

  @Test func theLastAnswerCounts() {
    let response = response("HTTP/1.1 100 Continue", "A: 1", "", "HTTP/2 206", "B: 2", "")
    #expect(response.status == 206)
    #expect(response["A"] == nil)
    #expect(response["B"] == "2")
  }

  @Test func aRedirectNeedsAPlace() {
    #expect(response("HTTP/1.1 307 X", "Location: /a").isRedirect)
    #expect(!response("HTTP/1.1 307 X").isRedirect)
    #expect(!response("HTTP/1.1 304 X", "Location: /a").isRedirect)
    #expect(!response("HTTP/1.1 200 X", "Location: /a").isRedirect)
  }

  @Test func readsRanges() throws {
    let range = try #require(response("HTTP/1.1 206 X", "Content-Range: bytes 100-199/200").contentRange)
    #expect(range == (100, 200))
    let open = try #require(response("HTTP/1.1 206 X", "Content-Range: bytes 5-9/*").contentRange)
    #expect(open.start == 5)
    #expect(open.total == nil)
    for value in ["bytes */200", "5-9/10", "bytes x-9/10", "bytes 5-9"] {
      #expect(response("HTTP/1.1 206 X", "Content-Range: \(value)").contentRange == nil, "\(value)")
    }
  }

  @Test func readsSizes() {
    #expect(response("HTTP/1.1 200 X", "X-Linked-Size: 548105171").size("X-Linked-Size") == 548_105_171)
    #expect(response("HTTP/1.1 200 X", "Content-Length: -1").size("Content-Length") == nil)
    #expect(response("HTTP/1.1 200 X", "Content-Length: 99999999999999999999").size("Content-Length") == nil)
    #expect(!response("HTTP/1.1 200 X", "Content-Encoding: gzip").isPlain)
  }
}

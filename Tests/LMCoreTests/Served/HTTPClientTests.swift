import Foundation
import HubTestSupport
import Testing

@testable import LMCore

@Suite struct HTTPClientTests {
  private final class Body: HTTPClient.Receiver {
    var bytes: [UInt8] = []
    var wantsToStop: Bool { cancellation?.isCancelled ?? false }
    var cancellation: Cancellation?

    func receive(_ bytes: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool {
      self.bytes += bytes
      return true
    }
  }

  private func request(_ server: FakeModelServer, _ path: String, posting body: [UInt8]? = nil) throws
    -> HTTPClient.Request
  {
    var request = HTTPClient.Request(
      address: try #require(WebAddress(server.address + path)), body: body, connectTimeout: 5)
    request.avoidsProxies = true
    return request
  }

  @Test func aBodyIsPosted() throws {
    let server = try FakeModelServer(.llamaServer)
    let client = HTTPClient(HTTPCertificates())
    let posted = Array(#"{"content":"\#(String(repeating: "x", count: 100_000))"}"#.utf8)
    #expect(try client.send(request(server, "/tokenize", posting: posted), to: Body()).status == 200)
    #expect(try client.send(request(server, "/health"), to: Body()).status == 200)
    #expect(server.requests.map(\.method) == ["POST", "GET"])
    #expect(server.requests[0].body == posted)
    #expect(server.requests[1].body == [])
  }

  /// A server that has closed the connection in a pause of the user's is asked again, and nobody notices.
  @Test func aConnectionThatDiedIsReplaced() throws {
    let server = try FakeModelServer(.llamaServer)
    let client = HTTPClient(HTTPCertificates())
    #expect(
      try client.send(request(server, "/tokenize", posting: Array("{}".utf8)), to: Body()).status == 200)
    server.misbehave([.silence], at: "/tokenize")
    #expect(
      try client.send(request(server, "/tokenize", posting: Array("{}".utf8)), to: Body()).status == 200)
    #expect(server.requests.count == 3)
  }

  @Test func aServerThatNeverAnswersIsNotAskedForEver() throws {
    let server = try FakeModelServer(.llamaServer)
    server.misbehave([.silence, .silence, .silence, .silence], at: "/health")
    let client = HTTPClient(HTTPCertificates())
    #expect(throws: HTTPError.interrupted("127.0.0.1")) {
      try client.send(try request(server, "/health"), to: Body())
    }
    #expect(server.requests.count == 1)
  }

  /// The server would answer after a minute.
  @Test func aCancellationEndsAWaitingTransfer() throws {
    let server = try FakeModelServer(.llamaServer)
    server.misbehave([FakeAnswer(pause: 60)], at: "/health")
    let body = Body()
    let cancellation = Cancellation()
    body.cancellation = cancellation
    Thread.detachNewThread {
      while server.requests.isEmpty { usleep(1000) }
      cancellation.cancel()
    }
    #expect(throws: HTTPError.stopped) {
      try HTTPClient(HTTPCertificates()).send(try request(server, "/health"), to: body)
    }
  }

  @Test func headersWithoutEndAreRefused() throws {
    let server = try FakeModelServer(.llamaServer)
    let headers = (0..<40).map { "X-\($0): " + String(repeating: "x", count: 30_000) }
    server.misbehave([FakeAnswer(headers: headers)], at: "/health")
    #expect(throws: HTTPError.self) {
      try HTTPClient(HTTPCertificates()).send(try request(server, "/health"), to: Body())
    }
  }
}

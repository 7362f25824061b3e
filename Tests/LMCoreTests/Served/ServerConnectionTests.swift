import HubTestSupport
import Testing

@testable import LMCore

@Suite struct ServerConnectionTests {
  private let server: FakeModelServer

  init() throws { server = try FakeModelServer(.llamaServer) }

  private func connection(key: String? = nil, _ change: (inout ServerConnection.Limits) -> Void = { _ in })
    throws
    -> ServerConnection
  {
    var limits = ServerConnection.Limits()
    change(&limits)
    return ServerConnection(try ServerAddress(server.address), key: key, limits: limits)
  }

  private func failure(
    _ answer: FakeAnswer, key: String? = nil, _ change: (inout ServerConnection.Limits) -> Void = { _ in }
  ) throws -> ServerError? {
    server.misbehave([answer], at: "/props")
    let connection = try connection(key: key, change)
    do throws(ServerError) {
      _ = try connection.send(ServerRequest("/props"))
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", true),
      ("http://LOCALHOST:8080/", "http://localhost:8080", "localhost:8080", true),
      ("http://localhost:8080/v1/", "http://localhost:8080", "localhost:8080", true),
      ("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080", true),
      ("http://10.0.0.1/llama/v1", "http://10.0.0.1/llama", "10.0.0.1", false),
      ("http://127.0.0.1.evil.example", "http://127.0.0.1.evil.example", "127.0.0.1.evil.example", false),
      ("http://127.evil.example.org", "http://127.evil.example.org", "127.evil.example.org", false),
      ("https://api.example.com/v1", "https://api.example.com", "api.example.com", true),
    ])
  func anAddressIsRead(text: String, root: String, host: String, isPrivate: Bool) throws {
    let address = try ServerAddress(text)
    #expect(address.text.lowercased() == root)
    #expect(address.host == host)
    #expect(address.isPrivate == isPrivate)
  }

  @Test(arguments: [
    "http://", "http://a b", "http://x?y=1", "https://x#y", "ftp://127.0.0.1", "storyteller", "",
  ])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(throws: ServerError.notAnAddress(text)) { try ServerAddress(text) }
  }

  @Test func aPasswordInTheAddressIsRefused() {
    #expect(throws: ServerError.credentialsInAddress(host: "x.example")) {
      try ServerAddress("https://name:secret@x.example/")
    }
    #expect(!ServerError.credentialsInAddress(host: "x.example").description.contains("secret"))
  }

  /// In all the shapes that servers have.
  @Test(
    arguments: [
      (401, #"{"error":{"message":"Invalid API Key"}}"#, "wants a key"),
      (401, #"{"error":"Unauthorized"}"#, "wants a key"), (401, "", "wants a key"), (403, "", "wants a key"),
      (404, #"{"detail":"Not Found"}"#, "has no /props"),
      (400, #"{"object":"error","message":"flat reason","code":400}"#, "(400: flat reason)."),
      (422, #"{"detail":[{"msg":"Field required"}]}"#, "(422: Field required)."),
      (400, #"{"error":"a string."}"#, "(400: a string)."),
      (
        500, #"{"error":{"code":500,"message":"parse error"}}"#,
        "has failed (500: parse error): its own log tells more."
      ),
      (500, "<html>oops</html>", "has failed (500): its own log"), (502, "", "has failed (502): its"),
      (
        503, #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
        "is still loading"
      ),
      (503, "", "has failed (503): its"), (429, "", "too many requests"),
      (418, #"{"error":{"message":"\u001b[31mred\u202e"}}"#, "\u{FFFD}[31mred\u{FFFD}"),
    ])
  func everyErrorIsOneSentence(status: Int, body: String, words: String) throws {
    let error = try #require(try failure(FakeAnswer(status, body)))
    #expect(error.description.contains(words), "\(error)")
    #expect(error.description.hasPrefix("127.0.0.1:"))
  }

  @Test func aWaitThatTheServerAsksForIsTold() throws {
    let error = try failure(FakeAnswer(429, headers: ["Retry-After: 20"]))
    #expect(error?.description.contains("wait 20 seconds") == true)
  }

  @Test func theKeyStaysSecret() throws {
    let key = "sk-very-secret"
    let told = try failure(
      FakeAnswer(400, #"{"error":{"message":"Incorrect API key provided: sk-very-secret."}}"#), key: key)
    #expect(told?.description.contains("secret") == false)
    #expect(told?.description.contains("provided: …") == true)
    #expect(server.requests.last?.authorization == "Bearer \(key)")
    // It is not sent to where the server points.
    let other = try FakeModelServer(.llamaServer)
    let moved = try failure(FakeAnswer(307, headers: ["Location: \(other.address)/props"]), key: key)
    #expect(moved?.description.contains(other.address.dropFirst(7)) == true)
    #expect(other.requests.isEmpty)
    #expect(try failure(FakeAnswer(401), key: key)?.description.contains("refuses the key") == true)
  }

  /// A line end in the variable would begin a header of its own.
  @Test func theKeyIsOneLine() throws {
    _ = try failure(FakeAnswer(200), key: "a\r\nX-Evil: 1")
    #expect(server.requests.last?.authorization == "Bearer aX-Evil:1")
    #expect(server.requests.last?.headers["x-evil"] == nil)
  }

  @Test func anAnswerHasALimit() throws {
    let error = try failure(FakeAnswer(200, String(repeating: "x", count: 3 << 20))) { $0.answer = 2 << 20 }
    #expect(error?.description.contains("more than 2 MiB") == true)
    #expect(
      try failure(FakeAnswer(200, String(repeating: "x", count: 2 << 20))) { $0.answer = 2 << 20 } == nil)
  }

  @Test func aCutAnswerIsNoAnswer() throws {
    let error = try failure(FakeAnswer(200, String(repeating: "x", count: 1 << 22), sentBytes: 1 << 21))
    let host = String(server.address.dropFirst(7))
    #expect(error == .network(.interrupted(host)))
    #expect(
      error?.description
        == "The connection to \(host) broke off: the server may have ended; its own log tells more.")
  }

  @Test func nobodyAndNoTLSAreToldWithTheirPort() throws {
    let host = String(server.address.dropFirst(7))
    func sentence(_ address: String) throws -> String {
      do throws(ServerError) {
        _ = try ServerConnection(try ServerAddress(address), key: nil).send(ServerRequest("/props"))
        return ""
      } catch {
        return error.description
      }
    }
    #expect(
      ServerError.network(.plainServer(host)).description
        == "\(host) does not speak https: write http:// in place of https://.")
    server.stop()
    #expect(
      try sentence("http://\(host)")
        == "There is no connection to \(host): check that the server runs, and its port.")
  }

  @Test func aSlowAnswerIsGivenUp() throws {
    #expect(
      try failure(FakeAnswer(pause: 30)) { $0.standingStill = 1 }
        == .network(.timedOut(String(server.address.dropFirst(7)))))
  }

  @Test func aCancelledRequestLeavesTheNextOneAlone() throws {
    let connection = try connection()
    server.misbehave([FakeAnswer(pause: 60)], at: "/props")
    // Not before the server has read it: else the next request would get the late answer.
    #expect(throws: ServerError.cancelled) {
      try connection.send(ServerRequest("/props")) { !server.requests.isEmpty }
    }
    #expect(try !connection.send(ServerRequest("/props")).isEmpty)
  }
}

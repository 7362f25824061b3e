/// What a server of the tests answers to one request, and how it treats the connection.
public struct FakeAnswer: Sendable {
  public var status: Int
  public var headers: [String]
  public var body: [UInt8]
  /// How much of the body is sent, although all is announced; then the connection is closed.
  public var sentBytes: Int?
  /// Seconds before the first byte.
  public var pause: Double
  /// Closes the connection behind the answer without telling.
  public var closes: Bool
  /// Closes the connection without an answer.
  public var isSilent = false

  public init(
    _ status: Int = 200, _ body: String = "{}", headers: [String] = [], sentBytes: Int? = nil,
    pause: Double = 0,
    closes: Bool = false
  ) {
    (self.status, self.body, self.headers) = (status, Array(body.utf8), headers)
    (self.sentBytes, self.pause, self.closes) = (sentBytes, pause, closes)
  }

  /// No answer at all.
  public static let silence = {
    var answer = FakeAnswer()
    answer.isSilent = true
    return answer
  }()

  /// - Returns: whether the connection stays open.
  func send(on connection: Connection) -> Bool {
    if pause > 0 { HubTestSupport.pause(pause) }
    guard !isSilent else { return false }
    let isWhole = connection.send(status, headers, body: body, upTo: sentBytes)
    return isWhole && !closes
  }
}

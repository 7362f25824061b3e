import CCurl

/// Sends one request after another by libcurl, which keeps the connection open in between. Where the server has closed
/// it meanwhile, libcurl sends the request once more on a new one.
///
/// Redirects are not followed: the caller decides what the next server may see. Proxies come from the variables that
/// libcurl reads (http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY).
final class HTTPClient {
  struct Request {
    var address: WebAddress
    var asksForHeadOnly = false
    /// What is posted; nil for GET or HEAD.
    var body: [UInt8]?
    /// `Name: value`
    var headers: [String] = []
    /// Seconds that connecting may take.
    var connectTimeout: Int
    /// Seconds that the whole exchange may take; nil for no limit.
    var totalTimeout: Int?
    /// Seconds without a byte of the body.
    var stallTimeout: Int?
    /// The server is asked directly, whatever proxies the variables name.
    var avoidsProxies = false
    /// An error names the host with its port.
    var namesPort = false
  }

  /// Receives the body, and can end the transfer.
  protocol Receiver: AnyObject {
    /// Read many times a second, or where there is a `cancellation` when that is set; true ends the transfer.
    var wantsToStop: Bool { get }
    /// Ends the transfer at once when it is set.
    var cancellation: Cancellation? { get }
    /// Takes a part of the body; false ends the transfer with `HTTPError.stopped`.
    func receive(_ bytes: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool
  }

  private let handle: UnsafeMutableRawPointer?
  /// Runs the transfers, and keeps the connections.
  private let multi: UnsafeMutableRawPointer?
  private let certificates: HTTPCertificates

  /// No real answer has as many bytes of headers.
  private static let mostHeaderBytes = 1 << 20

  /// libcurl's global set-up is not thread-safe, so it runs once, as a static constant.
  private static let hasStarted = ccurl_start() == CURLE_OK

  init(_ certificates: HTTPCertificates) {
    handle = Self.hasStarted ? curl_easy_init() : nil
    multi = Self.hasStarted ? curl_multi_init() : nil
    self.certificates = certificates
  }

  deinit {
    if let handle { curl_easy_cleanup(handle) }
    if let multi { curl_multi_cleanup(multi) }
  }

  func send(_ request: Request, to receiver: any Receiver) throws(HTTPError) -> HTTPResponse {
    guard let curl = handle, let multi else { throw .other("libcurl cannot be started") }
    curl_easy_reset(curl)
    let exchange = Exchange(receiver)
    var lines: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(lines) }
    for line in request.headers { lines = curl_slist_append(lines, line) }
    ccurl_set_headers(curl, lines)
    ccurl_set_string(curl, CURLOPT_URL, request.address.text)
    ccurl_set_string(curl, CURLOPT_USERAGENT, "gpt2-viz")
    // Decompresses a body that the server compressed without being asked; the headers ask for none.
    ccurl_set_string(curl, CURLOPT_ACCEPT_ENCODING, "")
    ccurl_set_long(curl, CURLOPT_NOBODY, request.asksForHeadOnly ? 1 : 0)
    if let body = request.body, ccurl_set_body(curl, body, body.count) != CURLE_OK {
      throw .other("there is no memory for the request")
    }
    ccurl_set_long(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    ccurl_set_long(curl, CURLOPT_CONNECTTIMEOUT, request.connectTimeout)
    if let seconds = request.totalTimeout { ccurl_set_long(curl, CURLOPT_TIMEOUT, seconds) }
    if let seconds = request.stallTimeout {
      ccurl_set_long(curl, CURLOPT_LOW_SPEED_LIMIT, 1)
      ccurl_set_long(curl, CURLOPT_LOW_SPEED_TIME, seconds)
    }
    if request.avoidsProxies { ccurl_set_string(curl, CURLOPT_PROXY, "") }
    if let file = certificates.file { ccurl_set_string(curl, CURLOPT_CAINFO, file) }
    if let directory = certificates.directory { ccurl_set_string(curl, CURLOPT_CAPATH, directory) }
    ccurl_set_error_buffer(curl, exchange.details)
    let context = Unmanaged.passUnretained(exchange).toOpaque()
    ccurl_set_functions(
      curl,
      { bytes, size, count, context in Exchange.at(context).takeBody(bytes, size * count) },
      { bytes, size, count, context in Exchange.at(context).takeHeader(bytes, size * count) },
      { context, _, _, _, _ in Exchange.at(context).receiver.wantsToStop ? 1 : 0 },
      context)
    // The object must live as long as libcurl calls it.
    let (code, details) = withExtendedLifetime(exchange) {
      (Self.run(curl, in: multi, for: receiver), String(cString: exchange.details))
    }
    // The buffer is gone after this call.
    ccurl_set_error_buffer(curl, nil)
    if code == CURLE_OK { return exchange.response }
    if receiver.wantsToStop { throw .stopped }
    throw HTTPError(
      code: code, host: request.namesPort ? request.address.hostAndPort : request.address.host,
      details: details.isEmpty ? String(cString: curl_easy_strerror(code)) : details)
  }

  private static func run(
    _ curl: UnsafeMutableRawPointer, in multi: UnsafeMutableRawPointer, for receiver: any Receiver
  ) -> CURLcode {
    guard curl_multi_add_handle(multi, curl) == CURLM_OK else { return CURLE_FAILED_INIT }
    defer { curl_multi_remove_handle(multi, curl) }
    guard let cancellation = receiver.cancellation else {
      return run(multi, longestWait: 20, for: receiver)
    }
    let bell = Bell(multi)
    return cancellation.ringing(bell.ring) { run(multi, longestWait: 1000, for: receiver) }
  }

  /// - Parameter longestWait: after how many milliseconds the receiver is asked whether it wants to stop.
  private static func run(
    _ multi: UnsafeMutableRawPointer, longestWait: Int32, for receiver: any Receiver
  ) -> CURLcode {
    while !receiver.wantsToStop {
      var (running, unread): (Int32, Int32) = (0, 0)
      guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_RECV_ERROR }
      while let message = curl_multi_info_read(multi, &unread) {
        if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
      }
      guard curl_multi_poll(multi, nil, 0, longestWait, nil) == CURLM_OK else { return CURLE_RECV_ERROR }
    }
    return CURLE_ABORTED_BY_CALLBACK
  }

  /// The state of libcurl's callbacks.
  private final class Exchange {
    let receiver: any Receiver
    var response = HTTPResponse()
    let details = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var headerBytes = 0

    init(_ receiver: any Receiver) {
      self.receiver = receiver
      details.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { details.deallocate() }

    static func at(_ context: UnsafeMutableRawPointer?) -> Exchange {
      Unmanaged<Exchange>.fromOpaque(context!).takeUnretainedValue()
    }

    func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
      headerBytes += count
      guard headerBytes <= HTTPClient.mostHeaderBytes else { return count + 1 }
      let line = UnsafeRawBufferPointer(start: bytes, count: count)
      response.read(line: String(decoding: line, as: UTF8.self))
      return count
    }

    func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
      receiver.receive(UnsafeRawBufferPointer(start: bytes, count: count), of: response) ? count : count + 1
    }
  }
}

/// Wakes a transfer that waits for the network.
///
/// Unchecked: curl_multi_wakeup is the one function of libcurl that any thread may call on a handle in use. The handle
/// outlives the transfer, and `Cancellation` rings only during it. Tested by HTTPClientTests.
private struct Bell: @unchecked Sendable {
  private let multi: UnsafeMutableRawPointer

  init(_ multi: UnsafeMutableRawPointer) { self.multi = multi }

  @Sendable func ring() { curl_multi_wakeup(multi) }
}

/// The certificates of authorities, in place of libcurl's own.
package struct HTTPCertificates: Sendable {
  var file: String?
  var directory: String?

  /// As `SSL_CERT_FILE` and `SSL_CERT_DIR` name them; an empty variable counts as one that is not set.
  package init(_ variables: [String: String] = [:]) {
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    (file, directory) = (value("SSL_CERT_FILE"), value("SSL_CERT_DIR"))
  }
}

extension HTTPClient.Receiver {
  var cancellation: Cancellation? { nil }
}

/// Why a request has no complete answer.
public enum HTTPError: Error, Equatable, Sendable {
  /// No address is known by this name: a typing error, or no network.
  case unknownHost(String)
  /// Nothing listens there, or a firewall blocks it.
  case noConnection(String)
  case unknownProxy
  case timedOut(String)
  /// The connection ended before the answer did.
  case interrupted(String)
  /// The server's certificate is not valid.
  case untrusted(String, reason: String)
  /// https was asked of a port that answers without it.
  case plainServer(String)
  /// A compressed body that cannot be decompressed.
  case invalidEncoding(String)
  /// The receiver ended it.
  case stopped
  case other(String)

  init(code: CURLcode, host: String, details: String) {
    self =
      switch code {
      case CURLE_COULDNT_RESOLVE_HOST: .unknownHost(host)
      case CURLE_COULDNT_RESOLVE_PROXY: .unknownProxy
      case CURLE_COULDNT_CONNECT: .noConnection(host)
      case CURLE_OPERATION_TIMEDOUT: .timedOut(host)
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
        CURLE_HTTP2_STREAM, CURLE_HTTP3, CURLE_WEIRD_SERVER_REPLY:
        .interrupted(host)
      case CURLE_SSL_CONNECT_ERROR where details.contains("wrong version number"): .plainServer(host)
      case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER:
        .untrusted(host, reason: details)
      case CURLE_BAD_CONTENT_ENCODING: .invalidEncoding(host)
      case CURLE_ABORTED_BY_CALLBACK, CURLE_WRITE_ERROR: .stopped
      default: .other("\(host): \(details)")
      }
  }

  /// True where another attempt may succeed.
  var isPassing: Bool {
    switch self {
    case .timedOut, .interrupted, .invalidEncoding, .unknownHost, .noConnection: true
    case .unknownProxy, .untrusted, .plainServer, .stopped, .other: false
    }
  }
}

extension HTTPError: CustomStringConvertible {
  public var description: String { advice.map { "\(summary); \($0)." } ?? summary + "." }

  /// The error as a sentence without a full stop.
  public var summary: String {
    switch self {
    case .unknownHost(let host): "The host \(host) cannot be found"
    case .noConnection(let host): "There is no connection to \(host)"
    case .unknownProxy: "The proxy cannot be found"
    case .timedOut(let host): "\(host) did not answer in time"
    case .interrupted(let host): "The connection to \(host) broke off"
    case .untrusted(let host, let reason): "\(host) cannot prove who it is (\(reason))"
    case .plainServer(let host): "\(host) does not speak https"
    case .invalidEncoding(let host): "\(host) sent compressed data that cannot be read"
    case .stopped: "The transfer was stopped"
    case .other(let reason): "The transfer failed: \(reason)"
    }
  }

  private var advice: String? {
    switch self {
    case .unknownHost: "check the network connection, and HF_ENDPOINT where it is set"
    case .noConnection: "check the network, and a firewall or proxy in between"
    case .unknownProxy: "check the variables https_proxy and http_proxy"
    case .timedOut: "try again, or set HF_HUB_DOWNLOAD_TIMEOUT to more seconds"
    case .interrupted: "the same command goes on from there"
    case .untrusted: "where a proxy stands in between, set SSL_CERT_FILE to its certificate"
    case .plainServer: "check the address and its port"
    case .invalidEncoding: "try again"
    case .stopped, .other: nil
    }
  }
}

import Foundation
import Glibc
import LMCore

/// A port on 127.0.0.1 with a thread for each connection.
final class ListeningSocket: Sendable {
  struct Failure: Error { let errorNumber: Int32 }

  private let descriptor: Int32
  let port: UInt16
  private let connections = Guarded<(open: Set<Int32>, isStopped: Bool)>(([], false))

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)  // SOCK_CLOEXEC
    guard descriptor >= 0 else { throw Failure(errorNumber: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isReady = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isReady else { throw Failure(errorNumber: errno) }
    port = UInt16(bigEndian: address.sin_port)
  }

  /// Called once.
  ///
  /// - Parameter answer: answers a request; returns whether the connection stays open.
  func serve(_ answer: @escaping @Sendable (HubRequest, Connection) -> Bool) {
    Thread.detachNewThread { [self] in
      // Only here, since another test's socket gets the number of one that is closed: nothing may accept from it any more.
      defer { _ = connections.withLock { _ in close(descriptor) } }
      while true {
        let client = accept(descriptor, nil, nil)
        if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        let isWelcome = connections.withLock { state in
          if !state.isStopped { state.open.insert(client) }
          return !state.isStopped
        }
        guard isWelcome else {
          close(client)
          return
        }
        Thread.detachNewThread { [self] in
          let connection = Connection(descriptor: client)
          while let request = connection.readRequest(), answer(request, connection) {}
          connections.withLock { _ = $0.open.remove(client) }
          // A program that another test has just started may hold the descriptor too, for a moment.
          shutdown(client, Int32(SHUT_RDWR))
          close(client)
        }
      }
    }
  }

  func stop() {
    connections.withLock { state in
      defer { state.isStopped = true }
      guard !state.isStopped else { return }
      for client in state.open { shutdown(client, Int32(SHUT_RDWR)) }
      // Ends the thread that waits for connections.
      shutdown(descriptor, Int32(SHUT_RDWR))
    }
  }
}

/// One client of the server.
///
/// Unchecked: handed to the one thread that serves it; others only shut its descriptor down. Tested by HubDownloadFaultTests.
final class Connection: @unchecked Sendable {
  private let descriptor: Int32
  private var unread: [UInt8] = []

  init(descriptor: Int32) { self.descriptor = descriptor }

  func readRequest() -> HubRequest? {
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    func receive() -> Bool {
      while true {
        let count = recv(descriptor, &piece, piece.count, 0)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        unread += piece.prefix(count)
        return true
      }
    }
    while true {
      if let end = unread.firstRange(of: Array("\r\n\r\n".utf8)) {
        let lines = String(decoding: unread[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        unread = Array(unread[end.upperBound...])
        guard var request = HubRequest(lines) else { return nil }
        let size = request.headers["content-length"].flatMap { Int($0) } ?? 0
        while unread.count < size { guard receive() else { return nil } }
        request.body = Array(unread.prefix(size))
        unread.removeFirst(size)
        return request
      }
      guard receive() else { return nil }
    }
  }

  /// - Parameters:
  ///   - limit: how much of the body is sent, although all is announced.
  ///   - bytesPerSecond: nil for as fast as it goes.
  /// - Returns: whether all was sent.
  func send(
    _ status: Int, _ headers: [String] = [], body: [UInt8] = [], isHead: Bool = false, upTo limit: Int? = nil,
    bytesPerSecond: Int? = nil
  ) -> Bool {
    let lines = ["HTTP/1.1 \(status) Test", "Content-Length: \(body.count)"] + headers
    guard write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)[...]) else { return false }
    guard !isHead else { return true }
    let body = body[...].prefix(limit ?? body.count)
    guard let bytesPerSecond else { return write(body) && limit == nil }
    let step = max(bytesPerSecond / 50, 1)
    for start in stride(from: 0, to: body.count, by: step) {
      guard write(body[start..<min(start + step, body.count)]) else { return false }
      pause(0.02)
    }
    return true
  }

  private func write(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

import Foundation
import LMCore

/// A server on 127.0.0.1 that runs a model, in the way of llama-server, vLLM, SGLang or OpenAI, with their oddities. It
/// answers rightly until told to misbehave.
///
/// Its vocabulary: the ids 0 to 255 are bytes, those behind are words; the last one ends a text, and has no bytes.
public final class FakeModelServer: Sendable {
  struct State {
    var requests: [HubRequest] = []
    /// What the next requests are answered with, by their path; one each.
    var faults: [String: [FakeAnswer]] = [:]
    var model: FakeServedModel
  }

  let state: Guarded<State>
  private let socket: ListeningSocket
  public let kind: ServerKind
  private let key: String?

  public var address: String { "http://127.0.0.1:\(socket.port)" }

  /// - Parameter key: what the server wants to be told; nil for none.
  public init(_ kind: ServerKind, _ model: FakeServedModel = FakeServedModel(), key: String? = nil) throws {
    (self.kind, self.key) = (kind, key)
    state = Guarded(State(model: model))
    socket = try ListeningSocket()
    socket.serve { [weak self] in self?.answer($0, on: $1) ?? false }
  }

  deinit { stop() }

  public func stop() { socket.stop() }

  /// The next requests of a path are answered with these.
  public func misbehave(_ faults: [FakeAnswer], at path: String) {
    state.withLock { $0.faults[path, default: []] += faults }
  }

  /// As if it had been started again.
  public func change(_ model: FakeServedModel) { state.withLock { $0.model = model } }

  public var requests: [HubRequest] { state.withLock { $0.requests } }
  /// How many distributions were asked for.
  public var predictions: Int {
    requests.count { ["/completion", "/v1/completions", "/generate"].contains($0.path) }
  }

  public func forgetRequests() { state.withLock { $0.requests = [] } }

  private func answer(_ request: HubRequest, on connection: Connection) -> Bool {
    let (fault, model) = state.withLock { state in
      state.requests.append(request)
      var faults = state.faults[request.path] ?? []
      let fault = faults.isEmpty ? nil : faults.removeFirst()
      state.faults[request.path] = faults
      return (fault, state.model)
    }
    if let fault { return fault.send(on: connection) }
    let isOpen = ["/health", "/version"].contains(request.path)
    if let key, !isOpen, request.authorization != "Bearer \(key)" {
      return FakeAnswer(
        401, #"{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}"#
      )
      .send(on: connection)
    }
    let body = (try? JSON(parsing: request.body)) ?? .null
    let answer =
      switch kind {
      case .llamaServer: model.answerAsLlamaServer(request.path, body)
      case .vLLM: model.answerAsVLLM(request.path, body)
      case .sgLang: model.answerAsSGLang(request.path, body)
      case .openAI: model.answerAsOpenAI(request.path, body)
      }
    return answer.send(on: connection)
  }
}

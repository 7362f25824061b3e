/// The vocabulary of a model behind a server, as far as its answers have told it.
final class ServedTokenizer: Tokenizer, Sendable {
  let vocabularySize: Int
  let special: SpecialTokens
  let chatTemplate: ChatTemplate?
  private let known = Guarded<Known>(Known())
  private let encoder: Encoder
  private let namer: Namer?

  /// Turns a text into ids.
  typealias Encoder = @Sendable (_ text: String, _ options: EncodingOptions) throws -> [Int]
  /// Asks what tokens are called that only their ids are known of.
  typealias Namer = @Sendable (_ ids: [Int]) throws -> TokenPieces

  private struct Known {
    var pieces: [Int32: [UInt8]] = [:]
    /// Those that the server was asked for, and did not tell.
    var nameless: Set<Int> = []
    var special: Set<Int> = []
  }

  init(
    vocabularySize: Int, special: SpecialTokens, chatTemplate: ChatTemplate? = nil, namer: Namer? = nil,
    encoder: @escaping Encoder
  ) {
    self.namer = namer
    (self.vocabularySize, self.special) = (vocabularySize, special)
    (self.chatTemplate, self.encoder) = (chatTemplate, encoder)
  }

  func encode(_ text: String, _ options: EncodingOptions) throws -> [Int] {
    let ids = try encoder(text, options)
    if let namer, case let unknown = unknown(ids), !unknown.isEmpty {
      // Without an answer they stay ids, until they are met again.
      if let pieces = try? namer(unknown) { learn(pieces) }
      learnBytes(of: ids, in: Array(text.utf8))
    }
    return ids
  }

  /// Learns the tokens that are one byte of a character: servers name none of them, but the text has them. Nothing is learned
  /// unless all of the text is divided among its tokens, and each nameless one has one byte.
  private func learnBytes(of ids: [Int], in text: [UInt8]) {
    var (place, found) = (0, TokenPieces())
    for (index, id) in ids.enumerated() {
      if let piece = bytes(of: id) {
        if text[place...].starts(with: piece) {
          place += piece.count
        } else if index > 0 {
          return
        }
      } else {
        guard place < text.count, text[place] >= 0x80 else { return }
        found.append(id, text[place...place])
        place += 1
      }
    }
    if place == text.count { learn(found) }
  }

  func isSpecial(_ id: Int) -> Bool { known.withLock { $0.special.contains(id) } }

  func bytes(of id: Int) -> [UInt8]? {
    guard let id = Int32(exactly: id) else { return nil }
    return known.withLock { $0.pieces[id] }
  }

  func name(of id: Int) -> String? { nil }

  /// - Parameter areSpecial: they are no text, but marks.
  func learn(_ pieces: TokenPieces, areSpecial: Bool = false) {
    known.withLock { known in
      if areSpecial { known.special.formUnion(pieces.ids.map(Int.init)) }
      for (index, id) in pieces.ids.enumerated() where known.pieces[id] == nil {
        known.pieces[id] = Array(pieces[index])
      }
    }
  }

  /// Those of the ids that nothing is known of, each once.
  func unknown(_ ids: [Int]) -> [Int] {
    known.withLock { known in
      var seen: Set<Int> = []
      return ids.filter {
        known.pieces[Int32($0)] == nil && !known.nameless.contains($0) && seen.insert($0).inserted
      }
    }
  }

  /// Notes that asking for the others again is of no use.
  func giveUp(_ ids: [Int]) {
    known.withLock { known in
      for id in ids where known.pieces[Int32(id)] == nil { known.nameless.insert(id) }
    }
  }
}

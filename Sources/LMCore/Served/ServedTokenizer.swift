/// The vocabulary of a model behind a server, as far as its answers have told it.
final class ServedTokenizer: Tokenizer, Sendable {
  let vocabularySize: Int
  let special: SpecialTokens
  let chatTemplate: ChatTemplate?
  private let known = Guarded<Known>(Known())
  private let encoder: Encoder

  /// Turns a text into ids.
  typealias Encoder = @Sendable (_ text: String, _ options: EncodingOptions) throws -> [Int]

  private struct Known {
    var pieces: [Int32: [UInt8]] = [:]
    /// Those that the server was asked for, and did not tell.
    var nameless: Set<Int> = []
    var special: Set<Int> = []
  }

  init(
    vocabularySize: Int, special: SpecialTokens, chatTemplate: ChatTemplate? = nil, encoder: @escaping Encoder
  ) {
    (self.vocabularySize, self.special) = (vocabularySize, special)
    (self.chatTemplate, self.encoder) = (chatTemplate, encoder)
  }

  func encode(_ text: String, _ options: EncodingOptions) throws -> [Int] {
    try encoder(text, options)
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

/// The vocabulary of a model behind a server, as far as its answers have told it.
public final class ServedTokenizer: Tokenizer, Sendable {
  public let vocabularySize: Int
  public let special: SpecialTokens
  private let known = Guarded<Known>(Known())
  /// Turns a text into ids.
  private let encoder: @Sendable (String) throws -> [Int]

  private struct Known {
    var pieces: [Int32: [UInt8]] = [:]
    /// Those that the server was asked for, and did not tell.
    var nameless: Set<Int> = []
  }

  init(vocabularySize: Int, begin: Int?, encoder: @escaping @Sendable (String) throws -> [Int]) {
    (self.vocabularySize, self.encoder) = (vocabularySize, encoder)
    special = SpecialTokens(begin: begin)
  }

  public func encode(_ text: String) throws -> [Int] { try encoder(text) }

  public func bytes(of id: Int) -> [UInt8]? {
    guard let id = Int32(exactly: id) else { return nil }
    return known.withLock { $0.pieces[id] }
  }

  public func name(of id: Int) -> String? { nil }

  public func bytes(of ids: [Int]) -> [UInt8] { ids.flatMap { bytes(of: $0) ?? [] } }

  func learn(_ pieces: TokenPieces) {
    known.withLock { known in
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

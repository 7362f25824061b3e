/// The bytes and names of tokens: the part of a vocabulary that a screen, a trace or a report needs.
public protocol TokenTable: Sendable {
  /// Largest id + 1.
  var vocabularySize: Int { get }
  /// The bytes of a token inside a text, which may be a part of a character; nil where there is no such token.
  func bytes(of id: Int) -> [UInt8]?
  /// The token in the vocabulary's own alphabet, as `transformers` prints it: `ĠThe`.
  func name(of id: Int) -> String?
}

extension TokenTable {
  /// The text of one token: one U+FFFD for each maximal part of its bytes that is not UTF-8; empty for an unknown id.
  public func text(of id: Int) -> String { String(decoding: bytes(of: id) ?? [], as: UTF8.self) }
}

/// The tokens of a vocabulary that begin or end texts.
public struct SpecialTokens: Hashable, Sendable {
  /// The token that an empty prompt begins with; nil where the vocabulary has none.
  public var begin: Int?
}

/// Turns text into token ids and back.
public protocol Tokenizer: TokenTable {
  /// The tokens that begin or end texts.
  var special: SpecialTokens { get }
  /// The ids of a text as the model learned them: with the tokens that its files put around every text, of which most
  /// models have none.
  func encode(_ text: String) throws -> [Int]
  /// The bytes of a whole text. In some vocabularies it is not the sum of the tokens: the first one may lose its space.
  func bytes(of ids: [Int]) -> [UInt8]
}

extension Tokenizer {
  /// The text of all ids together: one U+FFFD for each maximal part of their bytes that is not UTF-8. Ids without a
  /// token are left out.
  public func decode(_ ids: [Int]) -> String { String(decoding: bytes(of: ids), as: UTF8.self) }
}

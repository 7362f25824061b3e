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
  /// The tokens that end a text or a turn, where the file of the vocabulary names them: a GGUF file does.
  public var ends: [Int] = []
}

/// What a text is read with.
public struct EncodingOptions: Hashable, Sendable {
  /// Puts the tokens around the text that the model's files put around every text.
  public var addsSpecial: Bool
  /// Special tokens in the text are read as such, also where the files leave that to the caller.
  public var parsesSpecial: Bool

  /// As the model learned its texts.
  public init(addsSpecial: Bool = true, parsesSpecial: Bool = false) {
    (self.addsSpecial, self.parsesSpecial) = (addsSpecial, parsesSpecial)
  }

  /// A part of a text, without tokens around it.
  public static let part = EncodingOptions(addsSpecial: false)
}

/// Turns text into token ids and back.
public protocol Tokenizer: TokenTable {
  /// The tokens that begin or end texts.
  var special: SpecialTokens { get }
  /// How a conversation becomes a text; nil where the model's files do not tell.
  var chatTemplate: ChatTemplate? { get }
  /// What should be known of the vocabulary, each one sentence.
  var notes: [String] { get }
  /// Whether a token is no text but a mark: the begin of a text, the end of a turn.
  func isSpecial(_ id: Int) -> Bool
  /// The ids of a text. Special tokens in it count where the files say so, or the options ask for it.
  func encode(_ text: String, _ options: EncodingOptions) throws -> [Int]
  /// Adds a token at the end of a text. An id without a token adds nothing.
  func append(_ id: Int, to text: inout TokenText)
}

extension Tokenizer {
  /// None.
  public var chatTemplate: ChatTemplate? { nil }
  /// None.
  public var notes: [String] { [] }

  /// The ids of a text as the model learned them: with the tokens that its files put around every text, of which many
  /// models have none.
  public func encode(_ text: String) throws -> [Int] { try encode(text, EncodingOptions()) }

  /// Adds the token's bytes.
  public func append(_ id: Int, to text: inout TokenText) {
    if let bytes = bytes(of: id) { text.append(bytes) }
  }

  /// The bytes of a whole text. In some vocabularies it is not the sum of the tokens: the first one may lose its space.
  public func bytes(of ids: [Int]) -> [UInt8] {
    var text = TokenText()
    for id in ids { append(id, to: &text) }
    return text.takeLast()
  }

  /// The text of all ids together: one U+FFFD for each maximal part of their bytes that is not UTF-8. Ids without a
  /// token are left out.
  public func decode(_ ids: [Int]) -> String { String(decoding: bytes(of: ids), as: UTF8.self) }
}

/// A token with its text and bytes, so that a trace can be shown without the model's vocabulary.
public struct TraceToken: Hashable, Sendable {
  /// The token's id.
  public let id: Int
  /// The text in the vocabulary's own alphabet: `ĠThe`; nil where the vocabulary has no such token, or there is none.
  public let text: String?
  /// The bytes of the token; empty where `text` is nil.
  public let bytes: [UInt8]

  public init(id: Int, text: String?, bytes: [UInt8]) {
    (self.id, self.text, self.bytes) = (id, text, bytes)
  }

  /// The token of an id; without a tokenizer it has neither text nor bytes.
  public init(_ id: Int, of tokenizer: (any TokenTable)?) {
    self.init(id: id, text: tokenizer?.name(of: id), bytes: tokenizer?.bytes(of: id) ?? [])
  }

  /// From the members of a line; `bytes` in hexadecimal, nil where the text says it all.
  init?(id: Int, text: String?, hexadecimal: String?) {
    if let hexadecimal {
      guard let bytes = Self.bytes(ofHexadecimal: hexadecimal) else { return nil }
      self.init(id: id, text: text, bytes: bytes)
    } else {
      self.init(id: id, text: text, bytes: text.map(Self.bytes(of:)) ?? [])
    }
  }

  /// The bytes as text, half a character as U+FFFD.
  public var piece: String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes; `#305` for an id without a token.
  package var shownBytes: [UInt8] {
    text == nil && bytes.isEmpty ? TokenName.bytes(ofUnnamed: id) : bytes
  }

  /// The bytes in hexadecimal, where `text` does not tell them: an added token with letters such as `é`.
  var oddBytes: String? {
    guard bytes != text.map(Self.bytes(of:)) ?? [] else { return nil }
    return bytes.map { $0.hexadecimal() }.joined()
  }

  /// `id`, `token` and `piece`, as every list of tokens has them.
  func members(hasVocabulary: Bool) -> [JSON.Member] {
    let all: [JSON.Member] = [
      .init("id", JSON(id)), .init("token", JSON(text)), .init("piece", JSON(hasVocabulary ? piece : nil)),
    ]
    return all + (oddBytes.map { [.init("bytes", JSON($0))] } ?? [])
  }

  /// What a text in the vocabulary's alphabet stands for. Text outside it is that of an added token, as it is.
  private static func bytes(of text: String) -> [UInt8] {
    let utf8 = Array(text.utf8)
    var bytes: [UInt8] = []
    return utf8.withUnsafeBytes { ByteAlphabet.appendBytes(of: $0, to: &bytes) } ? bytes : utf8
  }

  private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[start..<start + 2], as: UTF8.self)
      guard pair.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
        let byte = UInt8(pair, radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}

/// A text to which tokens are added one by one. What was taken of it, put together, is the whole text of all tokens.
public struct TokenText: Sendable {
  /// Whether no token has added anything.
  var isEmpty = true
  /// Tokens for single bytes, side by side: only together are they characters.
  private var byteRun: [UInt8] = []
  private var bytes: [UInt8] = []

  /// A text without tokens.
  public init() {}

  /// Adds the bytes of a token.
  public mutating func append(_ bytes: some Sequence<UInt8>) {
    finishByteRun()
    self.bytes.append(contentsOf: bytes)
    isEmpty = false
  }

  /// Adds a token that stands for one byte, as `<0xE2>`. Its text comes with the first token that is none.
  mutating func append(byte: UInt8) {
    byteRun.append(byte)
    isEmpty = false
  }

  /// What was added and not yet taken, without the last bytes where they wait for others.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// What was added and not yet taken, all of it.
  public mutating func takeLast() -> [UInt8] {
    finishByteRun()
    return take()
  }

  /// As `ByteFallback` of the library `tokenizers`: a run that is not UTF-8 as a whole is one U+FFFD a byte.
  private mutating func finishByteRun() {
    guard !byteRun.isEmpty else { return }
    if String(validating: byteRun, as: UTF8.self) != nil {
      bytes += byteRun
    } else {
      for _ in byteRun { bytes += [0xEF, 0xBF, 0xBD] }
    }
    byteRun.removeAll(keepingCapacity: true)
  }
}

/// The text of tokens as they come, in whole characters.
public struct TokenStream: Sendable {
  private let tokenizer: any Tokenizer
  private var text = TokenText()
  private var decoder = StreamingDecoder()

  /// A stream at the start of a text.
  public init(_ tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

  /// A stream behind tokens whose text is known.
  ///
  /// - Parameters:
  ///   - ids: special tokens alone leave the text at its start.
  ///   - bytes: the text of the ids as it was written, which may end in a part of a character.
  public init(_ tokenizer: any Tokenizer, behind ids: [Int], writtenAs bytes: [UInt8]) {
    self.init(tokenizer)
    guard !ids.allSatisfy(tokenizer.isSpecial) || !bytes.isEmpty else { return }
    text.append(bytes)
  }

  /// The characters that a token completes; may be empty.
  public mutating func push(_ id: Int) -> String {
    tokenizer.append(id, to: &text)
    return decoder.push(text.take())
  }

  /// The characters that are complete without another token.
  public mutating func complete() -> String { decoder.push(text.take()) }

  /// The rest, one U+FFFD for bytes that are no character. The stream can be used again.
  public mutating func finish() -> String { decoder.push(text.takeLast()) + decoder.finish() }
}

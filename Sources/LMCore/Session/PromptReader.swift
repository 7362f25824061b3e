/// What a session starts from: characters for the tokenizer, or ids where there is no vocabulary.
public enum Prompt: Equatable, Sendable {
  case text(String)
  case ids([Int])
  /// A text in which special tokens count as such, also where the model's files leave that to the caller.
  case marked(String)
  /// A message to a chat model.
  case chat(ChatMessage)
  /// A text that somebody wrote: the first lane follows it from its first token.
  case human(String)

  /// The text to continue, in bytes, since a character may end outside it. nil without a vocabulary; an empty text
  /// stays empty, whatever token it begins with.
  ///
  /// - Parameter ids: what the model reads for it.
  public func bytes(readAs ids: [Int], _ tokenizer: (any Tokenizer)?) -> [UInt8]? {
    switch self {
    case .text(let text), .marked(let text): Array(text.utf8)
    case .chat(let message):
      // A template may write the date, which can be another one by now.
      (try? tokenizer?.ids(ofText: self, model: "")) == ids
        ? (try? tokenizer?.chatTemplate?.text(message)).map { Array($0.utf8) } : tokenizer?.bytes(of: ids)
    case .ids, .human: tokenizer?.bytes(of: ids)
    }
  }

  /// What somebody wrote of it; nil for ids.
  public var written: String? {
    switch self {
    case .text(let text), .marked(let text), .human(let text): text
    case .chat(let message): message.user
    case .ids: nil
    }
  }

  /// A prompt of the same kind with another text.
  public func with(_ text: String) -> Prompt {
    switch self {
    case .marked: .marked(text)
    case .chat(let message): .chat(ChatMessage(text, system: message.system))
    case .text, .ids, .human: .text(text)
    }
  }
}

extension Tokenizer {
  /// The ids of a prompt's text. A text that begins with the token that is put before every text has it once.
  ///
  /// - Parameter model: whose template is missing, for the error of a chat.
  /// - Throws: the tokenizer's error, or `ChatError`.
  public func ids(ofText prompt: Prompt, model: String) throws -> [Int] {
    switch prompt {
    case .ids(let ids): return ids
    case .text(let text), .human(let text): return try withoutSecondBegin(try encode(text))
    case .marked(let text):
      return try withoutSecondBegin(try encode(text, EncodingOptions(parsesSpecial: true)))
    case .chat(let message):
      guard let chatTemplate else { throw ChatError.noTemplate(model: model) }
      return try encode(
        try chatTemplate.text(message), EncodingOptions(addsSpecial: false, parsesSpecial: true))
    }
  }

  private func withoutSecondBegin(_ ids: [Int]) throws -> [Int] {
    guard ids.count > 1, ids[0] == ids[1], try encode("").first == ids[0] else { return ids }
    return Array(ids.dropFirst())
  }
}

/// The one rule by which a prompt becomes the ids that a model reads.
public struct PromptReader: Sendable {
  private let modelName: String
  /// Where the user can put a vocabulary, for error messages.
  private let modelPath: String
  private let vocabularySize: Int
  /// The token that begins texts; nil where the model has none.
  public let begin: Int?
  private let tokenizer: (any Tokenizer)?
  private let vocabularyProblem: String?
  private let isServed: Bool

  /// - Parameters:
  ///   - modelPath: the model's folder; nil where it has none.
  ///   - vocabularySize: of the model; a tokenizer may have fewer tokens, or more.
  ///   - endOfText: the tokens that end a text. Where the vocabulary has no token to begin with, an empty prompt begins
  ///     with the first of them that the model has.
  ///   - vocabularyProblem: why there is no tokenizer, where the model has a vocabulary.
  ///   - isServed: a server runs the model, and may not tell all of its special tokens.
  public init(
    modelName: String, modelPath: String?, vocabularySize: Int, endOfText: [Int], tokenizer: (any Tokenizer)?,
    vocabularyProblem: String? = nil, isServed: Bool = false
  ) {
    self.isServed = isServed
    (self.modelName, self.modelPath) = (modelName, modelPath ?? modelName)
    (self.vocabularySize, self.tokenizer) = (vocabularySize, tokenizer)
    self.vocabularyProblem = vocabularyProblem
    let begins = [tokenizer?.special.begin].compactMap { $0 } + endOfText
    begin = begins.first { (0..<vocabularySize).contains($0) }
  }

  /// What the model reads for a prompt: its ids, or the token that begins texts where there are none.
  ///
  /// Throws `PromptError`, `SessionError.tokenOutOfRange`, or the tokenizer's error.
  public func ids(of prompt: Prompt) throws -> [Int] {
    let ids = try textIDs(of: prompt)
    if let id = ids.first(where: { $0 >= vocabularySize }) {
      throw PromptError.tokenWithoutRow(
        token: tokenizer?.name(of: id) ?? "", id: id, model: modelName, vocabularySize: vocabularySize)
    }
    if !ids.isEmpty { return ids }
    guard let begin else { throw PromptError.noBeginning(model: modelName, isServed: isServed) }
    return [begin]
  }

  /// The ids of the prompt itself, which may be none. Throws as `ids`.
  public func textIDs(of prompt: Prompt) throws -> [Int] {
    switch prompt {
    case .ids(let ids):
      if let invalidID = ids.first(where: { !(0..<vocabularySize).contains($0) }) {
        throw SessionError.tokenOutOfRange(id: invalidID, vocabularySize: vocabularySize)
      }
      return ids
    case .text, .marked, .chat, .human:
      guard let tokenizer else {
        throw vocabularyProblem.map { PromptError.unusableVocabulary(reason: $0) }
          ?? .noVocabulary(model: modelName, path: modelPath)
      }
      return try tokenizer.ids(ofText: prompt, model: modelName)
    }
  }

  /// The token that begins texts, which the user asked for.
  public func requireBegin() throws(PromptError) -> Int {
    guard let begin else { throw .noBeginningToPutFirst(model: modelName, isServed: isServed) }
    return begin
  }
}

/// Why a model cannot read a prompt.
public enum PromptError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is a text, but nothing to make ids from it.
  case noVocabulary(model: String, path: String)
  /// There is a vocabulary, but it cannot be read.
  case unusableVocabulary(reason: String)
  /// The text has a token that the vocabulary has and the model's matrices do not.
  case tokenWithoutRow(token: String, id: Int, model: String, vocabularySize: Int)
  /// The prompt is empty, and the vocabulary has no token to begin with.
  case noBeginning(model: String, isServed: Bool = false)
  /// The token that begins texts was asked for, and is not known.
  case noBeginningToPutFirst(model: String, isServed: Bool)

  public var description: String {
    switch self {
    case .noVocabulary(let model, let path):
      "\(model) has no vocabulary, so text cannot be read: put vocab.json and merges.txt into \(path), or use --ids"
    case .unusableVocabulary(let reason): reason
    case .tokenWithoutRow(let token, let id, let model, let vocabularySize):
      "the text has the token \"\(ForeignText.line(token))\" with the id \(id), but \(model) has only \(vocabularySize) rows (vocab_size in config.json); leave it out of the text"
    case .noBeginning(let model, true):
      "the server of \(ForeignText.line(model)) names no token that begins texts, so there is nothing to read in an empty prompt; give one that is not empty"
    case .noBeginningToPutFirst(let model, true):
      "the server of \(ForeignText.line(model)) names no token that begins texts; leave --bos out"
    case .noBeginningToPutFirst(let model, false):
      "\(model) has no token that begins texts; leave --bos out"
    case .noBeginning(let model, false):
      "\(model) has no token <|endoftext|> to begin an empty prompt with; give a prompt that is not empty"
    }
  }
}

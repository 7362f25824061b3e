/// A defect of a model's tokenizer files. `file` is the path, or the plain name for bytes in memory.
public enum TokenizerError: Error, Equatable, Sendable {
  /// The folder holds neither vocab.json with merges.txt nor tokenizer.json.
  case noTokenizer(directory: String)
  /// Nothing is there, or a file.
  case noFolder(String)
  /// vocab.txt, but nothing that says whose it is.
  case unnamedVocabulary(file: String)
  case missingFile(String)
  case unreadableFile(String, reason: String)
  /// The limits of the shell leave too little for what the file holds.
  case noMemory(MemoryError)
  case invalidJSON(file: String, JSONError)
  /// A key of a GGUF file that is missing or no such value; the sentence of its reader.
  case invalidKey(GGUFError)
  /// The JSON is well formed, but `place` is not `expected`.
  case unexpectedValue(file: String, place: String, expected: String)
  case notUTF8(file: String)
  /// A file that asks for something that is not known.
  case unsupported(file: String, feature: String)
  /// A class of transformers whose files are not read.
  case unknownClass(file: String, name: String)
  /// A class that needs a file that is not there.
  case classWithoutFile(file: String, name: String, missing: String)

  case idNotAnInteger(file: String, token: String, literal: String)
  case negativeID(file: String, token: String, literal: String)
  case idTooLarge(file: String, token: String, literal: String, largest: Int)
  case duplicateID(file: String, id: Int, tokens: [String])
  case duplicateToken(file: String, token: String)
  case tooManyTokens(file: String, limit: Int)
  /// A word that has no token, and no token for unknown words either; `name` is what the latter is called.
  case noUnknownToken(word: String, name: String)

  /// `place` is a line of merges.txt, `line 5`, or an element of a list, `model.merges[3]`.
  case malformedMerge(file: String, place: String, text: String)
  case unknownMergePart(file: String, place: String, token: String)
  case unknownMergeResult(file: String, place: String, token: String)
  case tooManyMerges(file: String, limit: Int)
}

extension TokenizerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noTokenizer(let directory):
      "\(directory) has no tokenizer: put vocab.json and merges.txt, or tokenizer.json, beside the model."
    case .noFolder(let path):
      "There is no folder \(ForeignText.line(path, limit: 120)): --tokenizer takes one with tokenizer.json, or with vocab.json and merges.txt."
    case .unnamedVocabulary(let file):
      "\(file) is there, but nothing says how it is read: put {\"tokenizer_class\": \"BertTokenizer\"} into tokenizer_config.json if it is BERT's."
    case .missingFile(let file):
      "\(file) is missing: a GPT-2 tokenizer needs vocab.json and merges.txt together, or tokenizer.json."
    case .unreadableFile(let file, let reason):
      "\(file) cannot be read: \(reason)."
    case .noMemory(let error): error.description
    case .invalidJSON(let file, let error):
      "\(file) is not valid JSON: \(error); fetch the file again."
    case .invalidKey(let error): error.description
    case .unexpectedValue(let file, let place, let expected):
      "\(file): \(place) should be \(expected)."
    case .notUTF8(let file):
      "\(file) is not UTF-8 text; fetch the file again."
    case .unsupported(let file, let feature):
      "\(file) asks for \(ForeignText.line(feature, limit: 120)), which is not known here, so a text would get other ids than the model learned; give ids with --ids."
    case .unknownClass(let file, let name):
      "\(file) names the tokenizer \(Self.quote(name)); only GPT2Tokenizer, BertTokenizer and PreTrainedTokenizerFast are known, so give ids with --ids."
    case .classWithoutFile(let file, let name, let missing):
      "\(file) names the tokenizer \(Self.quote(name)), which is read from \(missing), but the folder has no such file."
    case .idNotAnInteger(let file, let token, let literal):
      "\(file): the id of token \(Self.quote(token)) is \(Self.quote(literal)), not an integer."
    case .negativeID(let file, let token, let literal):
      "\(file): the id of token \(Self.quote(token)) is negative: \(Self.quote(literal))."
    case .idTooLarge(let file, let token, let literal, let largest):
      "\(file): the id of token \(Self.quote(token)) is \(Self.quote(literal)), above the largest possible, \(largest)."
    case .duplicateID(let file, let id, let tokens):
      "\(file): id \(id) belongs to more than one token: \(tokens.map(Self.quote).joined(separator: " and "))."
    case .duplicateToken(let file, let token):
      "\(file): token \(Self.quote(token)) occurs twice."
    case .tooManyTokens(let file, let limit):
      "\(file) has more than \(limit) lines, too many for a vocabulary."
    case .noUnknownToken(let word, let name):
      "The vocabulary has no token for \(Self.quote(word)), and no token \(Self.quote(name)) for unknown words; leave the word out."
    case .malformedMerge(let file, let place, let text):
      "\(file), \(place): a merge is two tokens with one space between, not \(Self.quote(text))."
    case .unknownMergePart(let file, let place, let token):
      "\(file), \(place): \(Self.quote(token)) is not in the vocabulary; the two files must be of one model."
    case .unknownMergeResult(let file, let place, let token):
      "\(file), \(place): the merge makes \(Self.quote(token)), which is not in the vocabulary."
    case .tooManyMerges(let file, let limit):
      "\(file) has more than \(limit) merges, too many for a GPT-2 tokenizer."
    }
  }

  /// The text in quotes, fit for a line.
  private static func quote(_ text: String) -> String { "\"\(ForeignText.line(text, limit: 40))\"" }
}

import LMCore
import Visualizer

/// What a model lacks for a command.
enum ModelUseError: Error, Equatable, CustomStringConvertible {
  case noVocabularyToWriteWith(model: String)
  case noEndOfText(model: String)

  var description: String {
    switch self {
    case .noVocabularyToWriteWith(let model):
      "\(model) has no vocabulary to write text with; use --format jsonl or csv"
    case .noEndOfText(let model):
      "\(model) has no token <|endoftext|> to begin with; give a text that is not empty"
    }
  }
}

/// The model that the options name, else the default.
func locateModel(_ options: ModelOptions, _ surroundings: Surroundings) throws -> ModelLocation {
  try ModelLocator.resolve(options.name, in: HubCache(environment: surroundings.environment))
}

func loadModel(_ options: ModelOptions, _ surroundings: Surroundings) throws -> LoadedModel {
  let location = try locateModel(options, surroundings)
  let line = ProgressLine("Loading " + withoutControls(location.name, except: []))
  defer { line.erase() }
  return try LoadedModel.load(location, threads: options.threads ?? 0, precision: options.precision) {
    line.show($0)
  }
}

/// The vocabulary alone; a folder need not have weights.
func loadTokenizer(_ options: ModelOptions, _ surroundings: Surroundings) throws -> GPT2Tokenizer {
  switch try locateModel(options, surroundings) {
  case .folder(let path), .cached(_, let path): return try GPT2Tokenizer(directory: path)
  case let location: return try LoadedModel.load(location, threads: 1).requireTokenizer()
  }
}

extension LoadedModel {
  /// The ids of a text, which may be empty.
  func textIDs(of prompt: Prompt) throws -> [Int] {
    switch prompt {
    case .ids(let ids):
      try checkIDs(ids, against: profile.vocabularySize)
      return ids
    case .text(let text), .human(let text):
      return try requireTokenizer().encode(text)
    }
  }

  /// What the model reads for a prompt: its ids, or `<|endoftext|>` where there are none.
  func ids(of prompt: Prompt) throws -> [Int] {
    let ids = try textIDs(of: prompt)
    return ids.isEmpty ? [try requireEndOfText()] : ids
  }

  /// The token that begins and ends texts: the vocabulary's, else the one that config.json names, if the model has it.
  var endOfText: Int? {
    tokenizer?.endOfText
      ?? profile.endOfText.first { (0..<profile.vocabularySize).contains($0) }
  }

  func requireEndOfText() throws -> Int {
    guard let endOfText else { throw ModelUseError.noEndOfText(model: name) }
    return endOfText
  }

  func endsText(_ id: Int) -> Bool { endsOfText.contains(id) }

  var endsOfText: Set<Int> { Set(profile.endOfText + (endOfText.map { [$0] } ?? [])) }

  func checkLength(of ids: [Int]) throws(SessionError) {
    guard ids.count <= profile.contextLength else {
      throw .promptTooLong(tokens: ids.count, limit: profile.contextLength)
    }
  }

  /// The prediction behind the last token.
  func prediction(behind ids: [Int]) throws -> Prediction {
    try checkLength(of: ids)
    return try predictor.predict(TextPath(prompt: ids))
  }
}

/// Throws for the first id that is not in 0..<`vocabularySize`.
func checkIDs(_ ids: [Int], against vocabularySize: Int) throws(SessionError) {
  if let invalidID = ids.first(where: { !(0..<vocabularySize).contains($0) }) {
    throw .tokenOutOfRange(id: invalidID, vocabularySize: vocabularySize)
  }
}

import Glibc
import LMCore

/// What a model lacks for a command.
enum ModelUseError: Error, Equatable, CustomStringConvertible {
  case noVocabularyToWriteWith(model: String)

  var description: String {
    switch self {
    case .noVocabularyToWriteWith(let model):
      "\(model) has no vocabulary to write text with; use --format jsonl or csv"
    }
  }
}

/// The model that the options name, else the default. Throws `UsageError` for what is no address, for options of a server
/// where none is named, and for those of a model on this machine where a server is.
func locateModel(_ options: ModelOptions, _ surroundings: Surroundings) throws -> ModelLocation {
  let location: ModelLocation
  do {
    location = try ModelLocator.resolve(options.name, in: HubCache(environment: surroundings.environment))
  } catch ModelLocatorError.server(let error) {
    guard case .notAnAddress = error else { throw error }
    throw UsageError("\(error)")
  }
  guard case .server(var settings) = location else {
    if let option = options.givenForServer {
      throw UsageError("\(option) is for a model behind a server, but \(location.name) is none: leave it out")
    }
    return location
  }
  if let option = options.givenForLocal {
    throw UsageError(
      "\(option) is for a model on this machine, but \(settings.address.host) is a server: leave it out")
  }
  (settings.kind, settings.model) = (options.serverKind, options.serverModel)
  (settings.allowsPlainHTTP, settings.tokenizerFolder) = (options.allowsPlainHTTP, options.tokenizerFolder)
  return .server(settings)
}

func loadModel(_ options: ModelOptions, _ surroundings: Surroundings) throws -> LoadedModel {
  let location = try locateModel(options, surroundings)
  let line = ProgressLine("Loading " + withoutControls(location.name, except: []))
  let loaded: LoadedModel
  do {
    defer { line.erase() }
    loaded = try LoadedModel.load(
      location, threads: options.threads ?? 0, precision: options.precision, context: options.context,
      environment: surroundings.environment, progress: { line.show($0) }, report: reportWait)
  }
  for note in loaded.notes { reportMessage("gpt2-viz: \(note)") }
  return loaded
}

/// A wait for a server, also where standard error is no terminal: nothing else says why nothing comes.
func reportWait(_ sentence: String) { reportMessage("gpt2-viz: \(sentence); Ctrl-C stops") }

/// The vocabulary alone; a folder need not have weights.
func loadTokenizer(_ options: ModelOptions, _ surroundings: Surroundings) throws -> any Tokenizer {
  try LoadedModel.readTokenizer(
    locateModel(options, surroundings), environment: surroundings.environment)
}

extension LoadedModel {
  func checkLength(of ids: [Int]) throws(SessionError) {
    guard ids.count <= profile.contextLength else {
      throw .promptTooLong(tokens: ids.count, limit: profile.contextLength, longest: profile.longestContext)
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

import CStoryteller

/// A model ready for use, with its vocabulary.
public final class LoadedModel {
  /// The model, as a source of predictions.
  public let predictor: any Predictor
  /// Nil where the folder has no vocabulary that can be used: such a model takes ids and gives ids.
  public let tokenizer: (any Tokenizer)?
  /// Why the folder's vocabulary cannot be used; nil where it can, and where there is none.
  public let tokenizerProblem: TokenizerError?
  /// What should be known of the model's files, each one sentence.
  public let notes: [String]

  /// Name, sizes and origin of the model.
  public var profile: ModelProfile {
    var profile = predictor.profile
    profile.endOfText += tokenizer?.special.ends.filter { !profile.endOfText.contains($0) } ?? []
    return profile
  }
  /// The model's name, as `ModelProfile.name`.
  public var name: String { profile.name }

  /// The vocabulary may have fewer tokens than the model has rows, and more: a text is refused only where it has such a
  /// token.
  package init(
    _ model: Transformer, _ tokenizer: (any Tokenizer)?, problem: TokenizerError? = nil, notes: [String] = []
  ) {
    predictor = LocalPredictor(model)
    (self.tokenizer, tokenizerProblem) = (tokenizer, problem)
    self.notes =
      notes + (tokenizer?.notes ?? [])
      + (problem.map {
        ["The vocabulary of \(model.profile.name) cannot be used, so it takes ids only: \($0)"]
      } ?? [])
  }

  /// A model behind a server.
  public init(_ served: ServedModel) {
    (predictor, tokenizer, tokenizerProblem) = (served.predictor, served.tokenizer, nil)
    notes = served.notes
  }

  /// The model in this process, for work that needs all its logits, or its speed.
  ///
  /// - Throws: `ModelPlaceError` for a model behind a server.
  public func requireLocal() throws(ModelPlaceError) -> LocalPredictor {
    guard let local = predictor as? LocalPredictor else { throw ModelPlaceError(model: name) }
    return local
  }

  /// Opens what `ModelLocator` found.
  ///
  /// - Parameters:
  ///   - context: how many tokens can be read; nil for as many as the model reads, but at most 8,192.
  ///   - environment: variables, of which a server's key is one.
  ///   - progress: called with 0...1 as the weights come in from the disk, and are turned into 8 bits.
  ///   - report: called with a sentence where a server makes wait.
  /// - Throws: what `Transformer.load` throws, `ContextError`, `TokenizerError` or `ServerError`; each describes itself.
  public static func load(
    _ location: ModelLocation, threads: Int = 0, precision: Precision = .float32,
    context: Int? = nil, environment: [String: String] = ProcessEnvironment.variables,
    progress: (Double) -> Void = { _ in }, report: (String) -> Void = { _ in }
  ) throws -> LoadedModel {
    switch location {
    case .builtIn:
      let tokenizer = try ByteLevelBPE(
        vocabularyJSON: BuiltInModel.bytes(storyteller_vocabulary),
        mergesText: BuiltInModel.bytes(storyteller_merges))
      let model = try Transformer.load(
        .builtIn().limitingContext(to: context), threads: threads, precision: precision, progress: progress)
      return LoadedModel(model, tokenizer)
    case .server(let settings):
      let served = try ServedModel.open(settings, environment: environment, report: report)
      progress(1)
      return LoadedModel(served)
    case .folder(let path):
      return try load(path, name: nil, .folder, threads: threads, precision, context, progress: progress)
    case .file(let path):
      return try load(path, name: nil, .file, threads: threads, precision, context, progress: progress)
    case .cached(let name, let path):
      return try load(path, name: name, .cache, threads: threads, precision, context, progress: progress)
    }
  }

  private static func load(
    _ path: String, name: String?, _ source: ModelProfile.Source, threads: Int, _ precision: Precision,
    _ context: Int?, progress: (Double) -> Void
  ) throws -> LoadedModel {
    let files = try openModel(at: path)
    let stored = try files.openModel(name: name, source: source).limitingContext(to: context)
    var tokenizer: (any Tokenizer)?
    var problem: TokenizerError?
    // What memory has no room for is an error; a vocabulary that cannot be read leaves the ids.
    do throws(TokenizerError) { tokenizer = try files.readTokenizer() } catch {
      if case .noMemory = error { throw error }
      problem = error
    }
    let model = try Transformer.load(stored, threads: threads, precision: precision, progress: progress)
    return LoadedModel(model, tokenizer, problem: problem, notes: stored.notes)
  }

  /// The vocabulary alone of what `ModelLocator` found; a folder need not have weights.
  ///
  /// - Throws: `TokenizerError`, `PromptError`, and what opening a GGUF file or asking a server throws.
  public static func readTokenizer(
    _ location: ModelLocation, environment: [String: String] = ProcessEnvironment.variables
  ) throws -> any Tokenizer {
    guard let path = location.path else {
      return try load(location, threads: 1, environment: environment).requireTokenizer()
    }
    guard let file = try GGUFModel.file(at: path) else { return try TokenizerFolder.read(path) }
    guard let tokenizer = try GGUFModel(path: file).readTokenizer() else {
      throw PromptError.noVocabulary(model: location.modelName, path: path)
    }
    return tokenizer
  }

  /// The tokenizer, for work that needs text.
  ///
  /// - Throws: `PromptError.noVocabulary`, or `.unusableVocabulary`.
  public func requireTokenizer() throws(PromptError) -> any Tokenizer {
    if let tokenizer { return tokenizer }
    if let tokenizerProblem { throw .unusableVocabulary(reason: tokenizerProblem.description) }
    throw .noVocabulary(model: name, path: profile.path ?? name)
  }

  /// Turns prompts into the ids that this model reads.
  public var promptReader: PromptReader {
    PromptReader(
      modelName: name, modelPath: profile.path, vocabularySize: profile.vocabularySize,
      endOfText: profile.endOfText, tokenizer: tokenizer, vocabularyProblem: tokenizerProblem?.description,
      isServed: profile.source == .server)
  }
}

/// The work needs a model in this process.
public struct ModelPlaceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The model's name.
  public let model: String

  public var description: String {
    "\(ForeignText.line(model)) runs on a server, and this needs the model's weights: use a model on this machine."
  }
}

import CStoryteller

/// A model ready for use, with its vocabulary.
public final class LoadedModel {
  /// The model, as a source of predictions.
  public let predictor: LocalPredictor
  /// Nil where the folder has no vocabulary: such a model takes ids and gives ids.
  public let tokenizer: (any Tokenizer)?

  /// Name, sizes and origin of the model.
  public var profile: ModelProfile { predictor.profile }
  /// The model's name, as `ModelProfile.name`.
  public var name: String { profile.name }

  /// - Throws: `LoadedModelError` where the vocabulary has tokens that the weights do not.
  package init(_ model: Transformer, _ tokenizer: (any Tokenizer)?) throws(LoadedModelError) {
    let name = model.profile.name
    // Fewer tokens than rows are fine: some checkpoints round their matrices up.
    if let tokenizer, tokenizer.vocabularySize > model.vocabularySize {
      throw .vocabularyTooLarge(
        model: name, largestID: tokenizer.vocabularySize - 1, vocabularySize: model.vocabularySize)
    }
    predictor = LocalPredictor(model)
    self.tokenizer = tokenizer
  }

  /// Opens what `ModelLocator` found.
  ///
  /// - Parameter progress: called with 0...1 as the weights come in from the disk, and are turned into 8 bits.
  /// - Throws: what `Transformer.load` throws, `TokenizerError` or `LoadedModelError`; each describes itself.
  public static func load(
    _ location: ModelLocation, threads: Int = 0, precision: Precision = .float32,
    progress: (Double) -> Void = { _ in }
  ) throws -> LoadedModel {
    switch location {
    case .builtIn:
      let tokenizer = try ByteLevelBPE(
        vocabularyJSON: BuiltInModel.bytes(storyteller_vocabulary),
        mergesText: BuiltInModel.bytes(storyteller_merges))
      let model = try Transformer.loadBuiltIn(threads: threads, precision: precision)
      progress(1)
      return try LoadedModel(model, tokenizer)
    case .folder(let path):
      return try load(path, name: nil, .folder, threads: threads, precision, progress: progress)
    case .cached(let name, let path):
      return try load(path, name: name, .cache, threads: threads, precision, progress: progress)
    }
  }

  private static func load(
    _ path: String, name: String?, _ source: ModelProfile.Source, threads: Int, _ precision: Precision,
    progress: (Double) -> Void
  ) throws -> LoadedModel {
    // The vocabulary first: its defects show before a large file is read.
    let folder = try ModelDirectory(path: path)
    let tokenizer = folder.hasVocabulary ? try ByteLevelBPE(directory: folder.path) : nil
    let model = try Transformer.load(
      folder.openModel(name: name, source: source), threads: threads, precision: precision,
      progress: progress)
    return try LoadedModel(model, tokenizer)
  }

  /// The tokenizer, for work that needs text.
  ///
  /// - Throws: `PromptError.noVocabulary`.
  public func requireTokenizer() throws(PromptError) -> any Tokenizer {
    guard let tokenizer else {
      throw .noVocabulary(model: name, path: profile.path ?? name)
    }
    return tokenizer
  }

  /// Turns prompts into the ids that this model reads.
  public var promptReader: PromptReader {
    PromptReader(
      modelName: name, modelPath: profile.path, vocabularySize: profile.vocabularySize, endOfText: endOfText,
      tokenizer: tokenizer)
  }

  /// The tokens that end a text: those that the model's files name, then the vocabulary's.
  public var endOfText: [Int] { profile.endOfText + (tokenizer?.special.ends ?? []) }
}

/// Why a model cannot do what was asked.
public enum LoadedModelError: Error, Equatable, Sendable, CustomStringConvertible {
  case vocabularyTooLarge(model: String, largestID: Int, vocabularySize: Int)

  public var description: String {
    switch self {
    case .vocabularyTooLarge(let model, let largestID, let vocabularySize):
      "The vocabulary of \(model) does not fit its weights: it has the token id \(largestID), "
        + "but vocab_size in config.json is \(vocabularySize)."
    }
  }
}

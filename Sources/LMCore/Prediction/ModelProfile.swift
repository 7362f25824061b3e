/// What the screen, the commands, a trace and a list of models say of a model.
public struct ModelProfile: Equatable, Sendable {
  /// Where a model comes from.
  public enum Source: String, Sendable {
    case builtIn = "built-in"
    case cache
    case folder
    /// A trace, which tells nothing of files.
    case recording
  }

  public var name: String
  /// The folder; nil for the built-in model, and in a trace.
  public var path: String?
  public var source: Source
  public var parameterCount: Int
  /// How most weights are stored: `f32`, `f16` or `bf16`; `int8` where they were turned into 8 bits.
  public var dtype: String
  /// Size of the weights in bytes, as they are stored or, in 8 bits, as they lie in memory; nil in a trace.
  public var byteCount: Int?
  /// V
  public var vocabularySize: Int
  /// How many tokens can be read. A text may hold one more, the last chosen.
  public var contextLength: Int
  /// The ids that end a text, as the model's files name them: may be none, and may lie outside the vocabulary.
  public var endOfText: [Int]

  public init(
    name: String, path: String? = nil, source: Source, parameterCount: Int, dtype: String, byteCount: Int?,
    vocabularySize: Int, contextLength: Int, endOfText: [Int] = []
  ) {
    (self.name, self.path, self.source) = (name, path, source)
    (self.parameterCount, self.dtype, self.byteCount) = (parameterCount, dtype, byteCount)
    (self.vocabularySize, self.contextLength) = (vocabularySize, contextLength)
    self.endOfText = endOfText
  }

  /// What a trace keeps of it.
  public var recorded: ModelProfile {
    ModelProfile(
      name: name, source: .recording, parameterCount: parameterCount, dtype: dtype, byteCount: nil,
      vocabularySize: vocabularySize, contextLength: contextLength)
  }
}

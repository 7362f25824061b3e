/// Name, origin and sizes of a model, for the screen, the commands and traces.
public struct ModelProfile: Equatable, Sendable {
  /// The origin of a model.
  public enum Source: String, Sendable {
    case builtIn = "built-in"
    case cache
    /// A GGUF file.
    case file
    case folder
    /// A server that runs the model.
    case server
    /// A trace, which has no model files.
    case recording
  }

  /// The name: that of the hub, of the folder or file, or of the built-in model.
  public var name: String
  /// The folder or file; nil for the built-in model, and in a trace.
  public var path: String?
  /// The origin of the model.
  public var source: Source
  /// The number of parameters.
  public var parameterCount: Int
  /// The storage type of most weights: `f32`, `f16`, `bf16`; for blocks what the GGUF file calls their formats, as `q4_1` or
  /// `q4_k_m`, else the only one, or `mixed`; `int8` where they were quantized on loading.
  public var dtype: String
  /// The size of the weights in bytes, as stored or, if quantized, in memory; nil in a trace.
  public var byteCount: Int?
  /// V, the number of token ids.
  public var vocabularySize: Int
  /// The number of tokens that can be read. A text may have one more, the last chosen.
  public var contextLength: Int
  /// False where nobody told it, as some servers do not: `contextLength` is then as much as any may read.
  public var tellsContextLength = true
  /// The number of tokens that the model was made to read, where `contextLength` is less by choice; nil where that is not known.
  public var longestContext: Int?
  /// The ids that end a text, as the model's files name them: possibly none, or outside the vocabulary.
  public var endOfText: [Int]

  /// What people call the family, "Llama"; nil where that is not known, as in a trace.
  public var family: String?
  /// What holds the weights: "safetensors" or "GGUF"; nil in a trace.
  public var container: String?
  /// The block formats of the weights, those of most bytes first: "Q4_1, Q8_0"; nil where weights are stored one by one.
  public var quantization: String?

  public init(
    name: String, path: String? = nil, source: Source, parameterCount: Int, dtype: String, byteCount: Int?,
    vocabularySize: Int, contextLength: Int, endOfText: [Int] = []
  ) {
    (self.name, self.path, self.source) = (name, path, source)
    (self.parameterCount, self.dtype, self.byteCount) = (parameterCount, dtype, byteCount)
    (self.vocabularySize, self.contextLength) = (vocabularySize, contextLength)
    self.endOfText = endOfText
  }

  /// The part of the profile that a trace keeps.
  public var recorded: ModelProfile {
    ModelProfile(
      name: name, source: .recording, parameterCount: parameterCount, dtype: dtype, byteCount: nil,
      vocabularySize: vocabularySize, contextLength: contextLength)
  }
}

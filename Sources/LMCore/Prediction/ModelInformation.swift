/// What a list of models says of one.
public struct ModelInformation: Equatable, Sendable {
  /// Where a model comes from.
  public enum Source: String, Sendable {
    case builtIn = "built-in"
    case cache
    case folder
  }

  public var name: String
  /// The folder; nil for the built-in model.
  public var path: String?
  public var parameterCount: Int
  /// How most weights are stored: `f32`, `f16` or `bf16`; `int8` where they were turned into 8 bits.
  public var dtype: String
  /// Size of the weights in bytes, as they are stored or, in 8 bits, as they lie in memory.
  public var byteCount: Int
  public var source: Source

  public init(
    name: String, path: String?, parameterCount: Int, dtype: String, byteCount: Int, source: Source
  ) {
    self.name = name
    self.path = path
    self.parameterCount = parameterCount
    self.dtype = dtype
    self.byteCount = byteCount
    self.source = source
  }
}

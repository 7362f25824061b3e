/// How -m and `download` name a model of the hub: `organisation/name@revision:weights`, the last two optional.
public struct ModelReference: Equatable, Sendable {
  /// `organisation/name`, or a bare `name`; not checked.
  public var id: String
  /// A branch, a tag or a commit; nil for `main`, empty where nothing stands behind the `@`.
  public var revision: String?
  /// A quantization ("Q4_K_M") or the name of a GGUF file; nil where none is named, empty where nothing stands behind the `:`.
  public var weights: String?

  /// Takes a name apart; any text has an `id`.
  public init(_ text: String) {
    var rest = Substring(text)
    if let colon = rest.lastIndex(of: ":") {
      weights = String(rest[rest.index(after: colon)...])
      rest = rest[..<colon]
    }
    if let sign = rest.firstIndex(of: "@") {
      revision = String(rest[rest.index(after: sign)...])
      rest = rest[..<sign]
    }
    id = String(rest)
  }
}

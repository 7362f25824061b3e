/// Why a text is no trace, or no saved session. Lines count from 1.
public enum TraceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing is there; the first line should be of the type.
  case empty(type: String)
  case notJSON(line: Int, problem: String)
  /// The newest version that this program reads is `known`.
  case newerVersion(line: Int, version: Int, known: Int)
  /// Something else stands where a line of this kind should.
  case unexpectedLine(line: Int, wanted: String)
  case missing(line: Int, member: String)
  case wrong(line: Int, member: String, wanted: String)

  public var description: String {
    switch self {
    case .empty(let type): "the file is empty; it should begin with a line of type \"\(type)\""
    case .notJSON(let line, let problem): "line \(line) is not JSON: \(problem)"
    case .newerVersion(let line, let version, let known):
      "line \(line) says version \(version), but this gpt2-viz reads up to version \(known); update it"
    case .unexpectedLine(let line, let wanted): "line \(line) is not \(wanted)"
    case .missing(let line, let member): "line \(line) has no \"\(member)\""
    case .wrong(let line, let member, let wanted): "line \(line): \"\(member)\" must be \(wanted)"
    }
  }
}

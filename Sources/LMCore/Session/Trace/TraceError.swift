/// Why a text is no trace. Lines count from 1.
public enum TraceError: Error, Equatable, Sendable, CustomStringConvertible {
  case empty
  case notJSON(line: Int, problem: String)
  case newerVersion(line: Int, version: Int)
  /// Something else stands where a line of this kind should.
  case unexpectedLine(line: Int, wanted: String)
  case missing(line: Int, member: String)
  case wrong(line: Int, member: String, wanted: String)

  public var description: String {
    switch self {
    case .empty: "the file is empty; a trace begins with a line of type \"start\""
    case .notJSON(let line, let problem): "line \(line) is not JSON: \(problem)"
    case .newerVersion(let line, let version):
      "line \(line) says version \(version), but this gpt2-viz reads traces up to version \(Trace.version); update it"
    case .unexpectedLine(let line, let wanted): "line \(line) is not \(wanted)"
    case .missing(let line, let member): "line \(line) has no \"\(member)\""
    case .wrong(let line, let member, let wanted): "line \(line): \"\(member)\" must be \(wanted)"
    }
  }
}

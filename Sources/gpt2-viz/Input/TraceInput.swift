import LMCore

/// A trace that cannot be read, and its file.
struct TraceInputError: Error, Equatable, CustomStringConvertible {
  let source: String
  let problem: TraceError

  var description: String { "\(source) is no trace that can be read: \(problem)" }
}

extension TraceContent {
  /// Reads the trace in the file `path`; `-` is standard input. Throws `UsageError` where there is no path.
  static func read(_ path: String?, for command: String) throws -> TraceContent {
    guard let path else {
      throw UsageError(
        "'\(command)' needs FILE: a trace that w wrote in the visualizer, or 'generate --format jsonl', or 'beam --format jsonl'",
        command: command)
    }
    let bytes = try TextInput.bytes(ofFile: path)
    let source = path == "-" ? "standard input" : path
    do throws(TraceError) {
      let content = try TraceContent(parsing: bytes)
      if let cut = content.cut {
        reportMessage(
          "gpt2-viz: line \(cut.line) of \(source) is cut off; the \(cut.steps) steps before it are used")
      }
      return content
    } catch {
      throw TraceInputError(source: source, problem: error)
    }
  }
}

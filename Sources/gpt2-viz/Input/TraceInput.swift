import LMCore

/// A trace that cannot be read, and its file.
struct TraceInputError: Error, Equatable, CustomStringConvertible {
  let source: String
  let problem: TraceError

  var description: String { "\(source) is no trace that can be read: \(problem)" }
}

extension Trace {
  /// Reads the texts of the trace in the file `path`; `-` is standard input. Throws `UsageError` where there is no path.
  static func readLanes(_ path: String?, for command: String) throws -> [Trace] {
    guard let path else {
      throw UsageError(
        "'\(command)' needs FILE: a trace that w wrote in the visualizer, or 'generate --format jsonl'",
        command: command)
    }
    let bytes = try TextInput.bytes(ofFile: path)
    let source = path == "-" ? "standard input" : path
    do throws(TraceError) {
      let lanes = try Trace.lanes(parsing: bytes)
      if let trace = lanes.last, let line = trace.cutLine {
        reportMessage(
          "gpt2-viz: line \(line) of \(source) is cut off; the \(trace.steps.count) steps before it are used")
      }
      return lanes
    } catch {
      throw TraceInputError(source: source, problem: error)
    }
  }
}

/// What a trace file holds.
public enum TraceContent: Equatable, Sendable {
  /// One text, or the two of a comparison.
  case texts([Trace])
  case beams(BeamTrace)

  /// Reads the lines of a trace: of one text, of the two of a comparison, or of a beam search. Every number is checked:
  /// what comes out can be shown without another look.
  ///
  /// Lines of blanks are passed over, and members that are not known, and a byte order mark. Where the end is missing, as
  /// after a run that was stopped, `end` is nil. A last line that is cut off, as by a process that was killed, is left out:
  /// `cutLine` tells of it.
  public init(parsing bytes: [UInt8]) throws(TraceError) {
    var lanes: [Trace] = []
    var reader: (any TraceLineReader)?
    var number = 0
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for line in lines {
      number += 1
      guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
      let fields: TraceFields
      do throws(TraceError) {
        fields = try TraceFields(parsing: line, line: number)
      } catch {
        // Behind a whole line stands a line feed.
        guard case .notJSON = error, number == lines.count, reader?.hasEnd == false else { throw error }
        reader?.leaveOut(line: number)
        break
      }
      if let ended = (reader as? TraceReader)?.trace, ended.end != nil, lanes.isEmpty, fields.isStart,
        !fields.has("beam")
      {
        lanes.append(ended)
        reader = TraceReader(start: try fields.traceStart(beside: ended.start))
      } else if reader != nil {
        try reader?.read(fields)
      } else if fields.has("beam") {
        reader = BeamTraceReader(try fields.beamStart())
      } else {
        reader = TraceReader(start: try fields.traceStart(beside: nil))
      }
    }
    switch reader {
    case let reader as TraceReader: self = .texts(lanes + [reader.trace])
    case let reader as BeamTraceReader: self = .beams(reader.trace)
    default: throw .empty(type: "start")
    }
  }

  /// The lines, each with its line feed.
  public var lines: String {
    switch self {
    case .texts(let lanes): Trace.lines(of: lanes)
    case .beams(let trace): trace.lines
    }
  }

  /// Where a last line was cut off: its number, and how many steps stand before it in its text.
  public var cut: (line: Int, steps: Int)? {
    switch self {
    case .texts(let lanes): lanes.last.flatMap { trace in trace.cutLine.map { ($0, trace.steps.count) } }
    case .beams(let trace): trace.cutLine.map { ($0, trace.steps.count) }
    }
  }
}

/// What has been read of a trace so far.
protocol TraceLineReader {
  /// The last line was read.
  var hasEnd: Bool { get }
  mutating func read(_ fields: TraceFields) throws(TraceError)
  /// The last line of the file is cut off.
  mutating func leaveOut(line: Int)
}

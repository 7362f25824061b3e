import LMCore
import Presentation
import Visualizer

/// What is known before the first step.
struct GenerationHeader {
  let model: LoadedModel
  let prompt: Prompt
  /// What the model reads: the prompt's ids, or `<|endoftext|>` for an empty prompt.
  let ids: [Int]
  let settings: SamplingSettings
  let seed: UInt64
  /// nil where a draw decides.
  let contrastive: ContrastiveSettings?

  /// nil where the model's folder has no vocabulary.
  var tokenizer: (any Tokenizer)? { model.tokenizer }

  /// The text to continue, in bytes; nil without a vocabulary. An empty prompt stays empty.
  var promptBytes: [UInt8]? { prompt.bytes(readAs: ids, tokenizer) }
}

/// A step that was made.
struct MadeStep {
  let step: GenerationStep
  /// What the step carried out.
  let decision: Decision
}

/// What is known after the last step.
struct GenerationSummary {
  let end: TraceEnd.Reason
  /// The decision that would come next; computed when called.
  let next: () -> Decision?
  let tokensPerSecond: Double?
}

/// One output format of `generate`.
protocol GenerationWriter {
  mutating func begin(_ output: StandardOutput) throws(OutputError)
  /// - Parameter endsText: the token is `<|endoftext|>` and generation stops at it, so it is no part of the text.
  mutating func write(
    _ made: MadeStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError)
  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError)
  /// No further step can be made: ends what was begun.
  mutating func stop(_ output: StandardOutput) throws(OutputError)
}

extension GenerationWriter {
  /// Every line was ended.
  mutating func stop(_ output: StandardOutput) throws(OutputError) { try output.flush() }
}

/// Prompt and continuation as they come, and a line feed at the end.
struct TextWriter: GenerationWriter {
  private let header: GenerationHeader
  private let isForTerminal: Bool
  /// nil without a vocabulary.
  private var stream: TokenStream?

  init(_ header: GenerationHeader, isForTerminal: Bool) {
    (self.header, self.isForTerminal) = (header, isForTerminal)
    stream = header.tokenizer.map {
      TokenStream($0, behind: header.ids, writtenAs: header.promptBytes ?? [])
    }
  }

  mutating func begin(_ output: StandardOutput) throws(OutputError) {
    try output.write(shown(stream?.complete() ?? ""))
  }

  mutating func write(
    _ made: MadeStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError) {
    guard !endsText else { return }
    try output.write(shown(stream?.push(made.step.id) ?? ""))
  }

  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError) {
    try stop(output)
  }

  mutating func stop(_ output: StandardOutput) throws(OutputError) {
    try output.writeLine(shown(stream?.finish() ?? ""))
    try output.flush()
  }

  /// A pipe gets every byte; on a terminal a token could be an escape sequence.
  private func shown(_ text: String) -> String { isForTerminal ? withoutControls(text) : text }
}

/// A trace: one JSON object at the start, one a step, one at the end.
struct JSONLinesWriter: GenerationWriter {
  private var recorder: TraceRecorder

  init(_ header: GenerationHeader, rowCount: Int) {
    recorder = TraceRecorder(
      model: header.model.profile, promptBytes: header.promptBytes, ids: header.ids,
      settings: header.settings, seed: header.seed, contrastive: header.contrastive,
      tokenizer: header.tokenizer, rowCount: rowCount)
  }

  mutating func begin(_ output: StandardOutput) throws(OutputError) {
    try output.writeLine(recorder.start.json.description)
  }

  mutating func write(
    _ made: MadeStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError) {
    try output.writeLine(recorder.line(recorder.record(made.step, made.decision)))
  }

  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError) {
    let end = recorder.end(summary.end, next: summary.next(), tokensPerSecond: summary.tokensPerSecond)
    try output.writeLine(recorder.line(end))
    try output.flush()
  }
}

/// The steps alone, a row each, under their names (RFC 4180, with line feeds).
struct CSVWriter: GenerationWriter {
  private let header: GenerationHeader

  /// The columns whose numbers a server may leave open: then they are empty, and two columns at the end have the bounds.
  private static let openColumns = ["after", "entropy_bits", "kept", "kept_mass"]

  init(_ header: GenerationHeader) { self.header = header }

  private var isServed: Bool { header.model.profile.source == .server }

  mutating func begin(_ output: StandardOutput) throws(OutputError) {
    let bounds = isServed ? Self.openColumns.flatMap { ["\($0)_at_least", "\($0)_at_most"] } : []
    let names =
      ["index", "id", "token", "piece", "forced", "u", "logprob", "before", "after", "rank", "entropy_bits"]
      + ["kept", "kept_mass"]
    try output.writeLine((names + bounds).joined(separator: ","))
  }

  mutating func write(
    _ made: MadeStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError) {
    let (step, distribution) = (made.step, made.decision.distribution)
    let after = distribution.row(of: step.id)?.afterBounds ?? step.after...step.after
    let kept = step.keptBounds
    let open = [
      (JSON(step.after), after.bounds), (JSON(step.entropyBits), step.entropyBounds.bounds),
      (JSON(step.kept), kept.count > 1 ? [JSON(kept.lowerBound), JSON(kept.upperBound)] : []),
      (JSON(step.keptMass), distribution.keptMassBounds.bounds),
    ]
    let certain = open.map { $0.1.isEmpty ? $0.0 : .null }
    let fields: [JSON] = [
      JSON(index), JSON(step.id), JSON(header.tokenizer?.name(of: step.id)),
      JSON(header.tokenizer?.bytes(of: step.id).map(Self.piece)), JSON(step.isForced), JSON(step.u),
      JSON(step.logProbability), JSON(step.before), certain[0], JSON(step.rank), certain[1], certain[2],
      certain[3],
    ]
    let bounds = isServed ? open.flatMap { $0.1.isEmpty ? [.null, .null] : $0.1 } : []
    try output.writeLine((fields + bounds).map(Self.field).joined(separator: ","))
  }

  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError) {
    try output.flush()
  }

  /// The text of a token; a byte that is no character as on the screen, `<9B>`.
  private static func piece(_ bytes: [UInt8]) -> String {
    ByteUnitScanner.units(of: bytes).map { unit in
      switch unit {
      case .scalar(let scalar): String(scalar)
      case .stray(let byte): "<\(byte.hexadecimal(uppercase: true))>"
      }
    }.joined()
  }

  /// An unknown value is an empty field; text is always in quotes, so that `" "` keeps its blank.
  static func field(_ value: JSON) -> String {
    switch value {
    case .null: return ""
    case .string(let text): return "\"" + text.escaped { $0 == "\"" ? "\"\"" : nil } + "\""
    default: return value.description
    }
  }
}

extension ClosedRange<Double> {
  /// Both bounds; none where they are one number.
  fileprivate var bounds: [JSON] { lowerBound < upperBound ? [JSON(lowerBound), JSON(upperBound)] : [] }
}

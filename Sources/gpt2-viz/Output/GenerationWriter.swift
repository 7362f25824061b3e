import LMCore
import Visualizer

/// What is known before the first step.
struct GenerationHeader {
  let model: String
  let prompt: Prompt
  /// What the model reads: the prompt's ids, or `<|endoftext|>` for an empty prompt.
  let ids: [Int]
  /// nil where the model's folder has no vocabulary.
  let tokenizer: GPT2Tokenizer?
  let settings: SamplingSettings
  let seed: UInt64

  /// The text to continue, in bytes; nil without a vocabulary. An empty prompt stays empty.
  var promptBytes: [UInt8]? {
    switch prompt {
    case .text(let text), .human(let text): Array(text.utf8)
    case .ids(let ids): tokenizer.map { tokenizer in ids.flatMap { tokenizer.bytes(of: $0) } }
    }
  }
}

/// What is known after the last step.
struct GenerationSummary {
  let end: GenerationEnd
  /// nil when no step was made.
  let perplexity: Double?
  let tokensPerSecond: Double?
}

/// One output format of `generate`.
protocol GenerationWriter {
  mutating func begin(_ output: StandardOutput) throws(OutputError)
  /// `endsText`: the token is `<|endoftext|>` and generation stops at it, so it is no part of the text.
  mutating func write(
    _ step: GenerationStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError)
  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError)
}

/// Prompt and continuation as they come, and a line feed at the end.
struct TextWriter: GenerationWriter {
  private let header: GenerationHeader
  private let isForTerminal: Bool
  private var decoder = StreamingDecoder()

  init(_ header: GenerationHeader, isForTerminal: Bool) {
    (self.header, self.isForTerminal) = (header, isForTerminal)
  }

  mutating func begin(_ output: StandardOutput) throws(OutputError) {
    try output.write(shown(decoder.push(header.promptBytes ?? [])))
  }

  mutating func write(
    _ step: GenerationStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError) {
    guard !endsText, let tokenizer = header.tokenizer else { return }
    try output.write(shown(decoder.push(tokenizer.bytes(of: step.id))))
  }

  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError) {
    try output.writeLine(shown(decoder.finish()))
    try output.flush()
  }

  /// A pipe gets every byte; a terminal must not take the model's tokens for commands.
  private func shown(_ text: String) -> String { isForTerminal ? withoutControls(text) : text }
}

/// A line to begin with, a line a step, a line to end with: each a JSON object.
struct JSONLinesWriter: GenerationWriter {
  private let header: GenerationHeader
  private var textIDs: [Int] = []

  init(_ header: GenerationHeader) { self.header = header }

  mutating func begin(_ output: StandardOutput) throws(OutputError) {
    let line: JSON = [
      "type": "start", "model": JSON(header.model), "prompt": JSON(text(of: [])),
      "ids": JSON(header.ids), "settings": header.settings.json, "seed": JSON(header.seed),
    ]
    try output.writeLine(line.description)
  }

  mutating func write(
    _ step: GenerationStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError) {
    if !endsText { textIDs.append(step.id) }
    let line: JSON = [
      "type": "step", "index": JSON(index), "id": JSON(step.id),
      "token": JSON(header.tokenizer?.token(of: step.id)),
      "piece": JSON(header.tokenizer?.piece(of: step.id)),
      "forced": JSON(step.isForced), "u": JSON(step.u), "logprob": JSON(step.logProbability),
      "before": JSON(step.before), "after": JSON(step.after), "rank": JSON(step.rank),
      "entropy_bits": JSON(step.entropyBits), "kept": JSON(step.kept), "kept_mass": JSON(step.keptMass),
    ]
    try output.writeLine(line.description)
  }

  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError) {
    let line: JSON = [
      "type": "end", "reason": JSON(summary.end.rawValue), "text": JSON(text(of: textIDs)),
      "perplexity": JSON(summary.perplexity), "tokens_per_second": JSON(summary.tokensPerSecond),
    ]
    try output.writeLine(line.description)
    try output.flush()
  }

  /// Prompt and continuation decoded as one: a character may be cut between them.
  private func text(of ids: [Int]) -> String? {
    guard let prompt = header.promptBytes, let tokenizer = header.tokenizer else { return nil }
    return String(decoding: prompt + ids.flatMap { tokenizer.bytes(of: $0) }, as: UTF8.self)
  }
}

/// The steps alone, a row each, under their names (RFC 4180, with line feeds).
struct CSVWriter: GenerationWriter {
  private let header: GenerationHeader

  init(_ header: GenerationHeader) { self.header = header }

  mutating func begin(_ output: StandardOutput) throws(OutputError) {
    try output.writeLine(
      "index,id,token,piece,forced,u,logprob,before,after,rank,entropy_bits,kept,kept_mass")
  }

  mutating func write(
    _ step: GenerationStep, index: Int, endsText: Bool, to output: StandardOutput
  ) throws(OutputError) {
    let fields: [JSON] = [
      JSON(index), JSON(step.id), JSON(header.tokenizer?.token(of: step.id)),
      JSON(header.tokenizer?.piece(of: step.id)), JSON(step.isForced), JSON(step.u),
      JSON(step.logProbability), JSON(step.before), JSON(step.after), JSON(step.rank),
      JSON(step.entropyBits), JSON(step.kept), JSON(step.keptMass),
    ]
    try output.writeLine(fields.map(Self.field).joined(separator: ","))
  }

  mutating func finish(_ summary: GenerationSummary, to output: StandardOutput) throws(OutputError) {
    try output.flush()
  }

  /// What is unknown is an empty field; text is always in quotes, so that `" "` keeps its blank.
  private static func field(_ value: JSON) -> String {
    switch value {
    case .null: return ""
    case .string(let text):
      var quoted = "\""
      for scalar in text.unicodeScalars {
        if scalar == "\"" { quoted += "\"" }
        quoted.unicodeScalars.append(scalar)
      }
      return quoted + "\""
    default: return value.description
    }
  }
}

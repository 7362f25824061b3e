import LMCore
import Presentation

/// The content of a report, independent of its file format.
struct ReportContent: RepeatingText {
  let trace: Trace
  /// The step whose decision is drawn, from 1; 0 where the trace has only the decision that would come next.
  let step: Int
  let repetition: LoopSummary
  /// "A" or "B" in a comparison; nil for a single text.
  let lane: String?

  /// The contents of a trace of one text, or of two.
  static func lanes(_ traces: [Trace], step: Int?) throws(ReportError) -> [ReportContent] {
    guard traces.count > 1 else { return [try ReportContent(traces[0], step: step)] }
    var lanes: [ReportContent] = []
    for (lane, trace) in traces.enumerated() {
      lanes.append(try ReportContent(trace, step: step, lane: LaneName.of(lane)))
    }
    return lanes
  }

  /// - Parameter step: from 1 to the number of steps, or one more for the decision that would come next; nil chooses the
  ///   most surprising step.
  init(_ trace: Trace, step: Int?, lane: String? = nil) throws(ReportError) {
    (self.trace, self.lane) = (trace, lane)
    repetition = LoopSummary(
      (trace.start.tokens + trace.steps.map(\.token)).map(\.id), promptCount: trace.start.tokens.count)
    let last = trace.steps.count + (trace.end?.next == nil ? 0 : 1)
    guard last > 0 else { throw .nothingRecorded }
    if let step {
      guard (1...last).contains(step) else { throw .noSuchStep(step, last: last) }
      self.step = step
    } else {
      let surprising = trace.steps.indices.min { trace.steps[$0].before < trace.steps[$1].before }
      self.step = surprising.map { $0 + 1 } ?? 1
    }
    guard !decision.rows.isEmpty else { throw .noRows(step: self.step) }
  }

  var decision: TraceDecision {
    trace.decision(atDepth: step - 1) ?? trace.steps[trace.steps.count - 1].decision
  }

  /// The step, unless it is the one that would come next.
  var chosen: TraceStep? { step <= trace.steps.count ? trace.steps[step - 1] : nil }

  /// What contrastive search compared at the step; nil where it did not choose the token.
  var contrast: TraceContrast? { chosen?.contrast }

  /// Contrastive search chose the first tokens of the step's text, and no draw has a part.
  private var isContrastive: Bool { contrast != nil || chosen == nil && trace.contrastive != nil }

  // MARK: Texts

  func label(_ token: TraceToken) -> String {
    trace.start.hasVocabulary ? PrintableToken.label(for: token.shownBytes, glyphs: .blocks) : "[\(token.id)]"
  }

  /// The first words of the text.
  var headline: String {
    let words = trace.start.tokens.flatMap {
      trace.start.hasVocabulary ? $0.shownBytes : Array(label($0).utf8)
    }
    let line = PrintableToken.line(String(decoding: words, as: UTF8.self), glyphs: .blocks)
    return TextFit.fit(line.isEmpty ? "gpt2-viz" : line, columns: 60, glyphs: .blocks)
  }

  /// A heading, with the lane that it is about.
  func heading(_ text: String) -> String { lane.map { "\($0): \(text)" } ?? text }

  /// The facts, with the lane's name first.
  var laneFacts: [(name: String, value: String)] { (lane.map { [("text", $0)] } ?? []) + facts }

  /// Names and values: the settings that reproduce the session, and its results.
  var facts: [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = [
      ("model", PrintableToken.line(trace.start.model.name, glyphs: .blocks))
    ]
    if let search = trace.contrastive {
      facts.append(("search", ContrastiveDescription.text(search, glyphs: .blocks)))
    } else {
      facts.append(("sampler", sampler))
    }
    if !isContrastive, !decision.settings.isGreedy { facts.append(("seed", String(trace.start.seed))) }
    facts.append(("steps", NumberFormat.grouped(trace.steps.count)))
    let steps = trace.steps.map(\.step)
    if let perplexity = perplexity(of: steps), perplexity.isFinite {
      facts.append(("perplexity", (steps.hasUntold ? "at least " : "") + PerplexityText.plain(perplexity)))
    }
    return facts
  }

  private var sampler: String {
    let last = trace.steps.last?.decision.settings ?? trace.start.settings
    let changed = trace.steps.contains { $0.decision.settings != last }
    return ChainDescription(last).text + (changed ? " (at the end)" : "")
  }

  /// "Step 12: ␣was, rank 3 of 4,096"
  var decisionTitle: String {
    let all = NumberFormat.grouped(trace.start.model.vocabularySize)
    guard let chosen else { return "The step that would come next, over \(all) tokens" }
    let how =
      contrast != nil
      ? "contrastive search takes"
      : chosen.isForced ? "forced" : decision.settings.isGreedy ? "greedy" : "drawn"
    return
      "Step \(step): \(how) \(label(chosen.token)), rank \(chosen.isUntold ? "at least " : "")\(NumberFormat.grouped(chosen.rank)) of \(all)"
  }

  /// Why contrastive search takes the token of the step.
  var contrastiveReason: String? {
    contrast.map { contrast in
      ContrastiveDescription.formula(alpha: contrast.step.alpha) + ": "
        + ContrastiveDescription.reason(contrast.step) { id in
          contrast.tokens.first { $0.id == id }.map(label) ?? "[\(id)]"
        }
    }
  }

  /// The candidates of contrastive search at the step; nil where it has no part.
  var candidates: (head: [String], rows: [[String]])? {
    guard let contrast else { return nil }
    let text = trace.start.tokens + trace.steps.prefix(step - 1).map(\.token)
    let rows = zip(contrast.step.candidates, contrast.tokens).enumerated().map { index, row in
      let (candidate, token) = row
      let nearest = text.indices.contains(candidate.nearest) ? label(text[candidate.nearest]) : ""
      return [
        String(index + 1), label(token), NumberFormat.percent(candidate.probability),
        ContrastiveDescription.number(candidate.similarity),
        "\(nearest) \(NumberFormat.grouped(candidate.nearest + 1))",
        ContrastiveDescription.number(candidate.score), index == contrast.step.place ? "◀ taken" : "",
      ]
    }
    return (["", "token", "p", "similarity", "most like, place", "score", ""], rows)
  }

  static let candidatesTitle = "The candidates of contrastive search"

  /// The mean probability of each copy of the phrase that repeats; nil for a copy that lies in the prompt.
  var loopMeans: [Double?] {
    repetition.copyMeans { trace.steps[$0].before }
  }

  var loopPhrase: String {
    guard let loop else { return "" }
    let tokens = trace.start.tokens + trace.steps.map(\.token)
    return loop.range(ofCopy: 0).map { label(tokens[$0]) }.joined()
  }
}

/// Why a trace cannot be drawn.
enum ReportError: Error, Equatable, CustomStringConvertible {
  case nothingRecorded
  case noSuchStep(Int, last: Int)
  case noRows(step: Int)

  var description: String {
    switch self {
    case .nothingRecorded: "the trace holds no step and no decision, so there is nothing to draw"
    case .noSuchStep(let step, let last):
      "the trace has no step \(step): give --step a number from 1 to \(last)"
    case .noRows(let step):
      "step \(step) was recorded without its distribution; record it with --trace-rows above 0"
    }
  }
}

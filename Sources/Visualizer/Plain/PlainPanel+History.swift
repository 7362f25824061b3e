import LMCore
import Presentation

extension PlainPanel {
  /// The history window: the course of each quantity, then the step under the cursor.
  init(_ state: AppState, _ window: HistoryWindow, _ speech: SpokenText) {
    let lanes = state.lanes.map { LaneHistory($0) }
    let count = state.historyLength
    let ahead = count - (state.focusedLane?.depth ?? 0)
    var lines = [
      "History of \(counted(count, "step"))" + (ahead > 0 ? ", \(ahead) of them ahead" : "")
        + ". Left and Right move through the steps, Enter goes to one, Esc closes."
    ]
    for quantity in state.historyQuantities {
      lines += lanes.indices.map {
        Self.name($0, lanes) + Self.course(of: quantity, lanes[$0], state.card, speech)
      }
    }
    let cursor = state.cursor(of: window)
    let steps = lanes.indices.compactMap { index in
      lanes[index].lane.steps.dropFirst(cursor).first.map {
        Self.name(index, lanes) + Self.step($0, state.card, speech)
      }
    }
    self.init(lines: lines, chosen: "step \(cursor + 1): \(steps.joined(separator: "; ")).")
  }

  private static func name(_ index: Int, _ lanes: [LaneHistory]) -> String {
    lanes.count == 1 ? "" : "\(LaneName.of(index)), "
  }

  /// "p(chosen): from 1.2% at step 3 to 98.1% at step 7, mean 41.0%."
  private static func course(
    of quantity: HistoryQuantity, _ history: LaneHistory, _ card: ModelCard?, _ speech: SpokenText
  ) -> String {
    let values = history.values(of: quantity)
    guard quantity != .copies else {
      guard let loop = history.loop else { return "Loop: no phrase stands three times in a row." }
      let means = values.map { $0.map(speech.percent) ?? "given" }.joined(separator: ", ")
      let phrase = speech.phrase(history.phrase.flatMap { card?.bytes(of: $0) ?? [] })
      return "Loop: \(phrase), \(loop.copies) times in a row, with mean probabilities of \(means)."
    }
    let known = values.enumerated().compactMap { step, value in value.map { (step: step + 1, value: $0) } }
    guard let low = known.min(by: { $0.value < $1.value }), let high = known.max(by: { $0.value < $1.value })
    else { return "\(quantity.title): no step yet." }
    let mean = known.reduce(0) { $0 + $1.value } / Double(known.count)
    let (from, to, middle) = (
      text(low.value, quantity, speech), text(high.value, quantity, speech), text(mean, quantity, speech)
    )
    return
      "\(quantity.title): from \(from) at step \(low.step) to \(to) at step \(high.step), mean \(middle)."
  }

  private static func text(_ value: Double, _ quantity: HistoryQuantity, _ speech: SpokenText) -> String {
    quantity == .probability ? speech.percent(value) : quantity.text(value)
  }

  /// "" she", 12.0%, rank 2, surprisal 3.1 bits, entropy 5.0 bits, kept 40"
  private static func step(_ step: GenerationStep, _ card: ModelCard?, _ speech: SpokenText) -> String {
    let surprisal = HistoryQuantity.surprisal.text(step.surprisalBits)
    let entropy = RangeText.fixed(step.entropyBounds, decimals: 1)
    let (most, least) = step.isUntold ? ("at most ", "at least ") : ("", "")
    let kept = (step.keptBounds.count > 1 ? "at least " : "") + NumberFormat.grouped(step.kept)
    return speech.token(card?.bytes(of: step.id) ?? [])
      + ", \(most)\(speech.percent(step.before)), rank \(least)\(NumberFormat.grouped(step.rank)), "
      + "surprisal \(least)\(surprisal), entropy \(entropy) bits, kept \(kept)"
  }
}

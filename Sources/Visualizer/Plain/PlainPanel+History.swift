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
    guard quantity != .copies else {
      guard let loop = history.loop else { return "Loop: no phrase stands three times in a row." }
      let means = history.values(of: .copies).map { $0.map(speech.percent) ?? "given" }
        .joined(separator: ", ")
      let phrase = speech.phrase(history.phrase.flatMap { card?.bytes(of: $0) ?? [] })
      return "Loop: \(phrase), \(loop.copies) times in a row, with mean probabilities of \(means)."
    }
    let known = history.lane.steps.enumerated().compactMap { place, step in
      quantity.bounds(of: step).map { (step: place + 1, bounds: $0) }
    }
    let ascending = known.sorted { quantity.drawn($0.bounds) < quantity.drawn($1.bounds) }
    guard let low = ascending.first, let high = ascending.last, let mean = known.map(\.bounds).mean else {
      return "\(quantity.title): no step yet."
    }
    let (from, to, middle) = (
      text(low.bounds, quantity, speech), text(high.bounds, quantity, speech), text(mean, quantity, speech)
    )
    return
      "\(quantity.title): from \(from) at step \(low.step) to \(to) at step \(high.step), mean \(middle)."
  }

  /// "4.2 bits", or "at least 4.2 bits".
  private static func text(
    _ bounds: ClosedRange<Double>, _ quantity: HistoryQuantity, _ speech: SpokenText
  ) -> String {
    let text = quantity == .probability ? speech.percent : quantity.text
    let isOpen = text(bounds.lowerBound) != text(bounds.upperBound)
    return (isOpen ? quantity == .probability ? "at most " : "at least " : "") + text(quantity.drawn(bounds))
  }

  /// "" she", 12.0%, rank 2, surprisal 3.1 bits, entropy 5.0 bits, kept 40"
  private static func step(_ step: GenerationStep, _ card: ModelCard?, _ speech: SpokenText) -> String {
    func value(_ quantity: HistoryQuantity) -> String {
      quantity.bounds(of: step).map { text($0, quantity, speech) } ?? ""
    }
    let rank = (step.isUntold ? "at least " : "") + NumberFormat.grouped(step.rank)
    return speech.token(card?.bytes(of: step.id) ?? [])
      + ", \(value(.probability)), rank \(rank), surprisal \(value(.surprisal)), "
      + "entropy \(value(.entropy)), kept \(value(.kept))"
  }
}

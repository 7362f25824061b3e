import LMCore
import Presentation

extension PlainPanel {
  /// The chain panel: a sentence for each stage that is on, then the chosen setting.
  init(_ state: AppState, _ panel: ChainPanel, _ speech: SpokenText) {
    let rows = state.chainRows
    let name = state.isComparing ? "Chain of \(LaneName.of(state.focus))" : "Chain"
    let keys =
      "Up and Down choose, Space switches, Left and Right turn, digits type a value, J and K move, o changes the order, u takes your own, Esc closes."
    var lines = ["\(name). \(keys)"]
    if let distribution = state.focusedLane?.decision?.distribution {
      lines.append(
        "Logits: \(counted(distribution.vocabularySize, "token")), entropy \(Self.bits(distribution.belief.entropyBounds))."
      )
    }
    let on = rows.filter { $0.state != .off }
    for (index, row) in on.filter(\.isStep).enumerated() {
      let rows = on.filter { $0.step == row.step }
      lines.append("\(index + 1), " + Self.sentence(row.step, rows, state, speech))
    }
    let off = rows.filter { $0.state == .off }.map(\.step.title)
    if !off.isEmpty { lines.append("Off: \(off.joined(separator: ", ")).") }
    let row = rows.indices.contains(state.chosenChainRow) ? rows[state.chosenChainRow] : nil
    self.init(
      lines: lines,
      chosen: row.map { row in
        let value = row.state == .off ? "off" : row.knob.shownValue(in: state.settings[state.focus])
        let explanation = row.knob.explanation.split(separator: "\n").joined(separator: " ")
        return
          "\(row.knob.title) \(speech.sentence(value)), \(row.knob.range). \(speech.sentence(explanation))"
      },
      question: panel.typed.map { "Typed \($0.text). Enter sets it, Esc leaves it as it was." })
  }

  private static func bits(_ entropy: ClosedRange<Double>) -> String {
    RangeText.fixed(entropy, decimals: 2) + " bits"
  }

  private static func kept(_ bounds: ClosedRange<Int>) -> String {
    bounds.count == 1 ? counted(bounds.lowerBound, "token") : RangeText.count(bounds) + " tokens"
  }

  /// `top-p 0.95: 31 tokens and 77.2% left, entropy 3.92 bits; removes 9 tokens.`
  private static func sentence(
    _ step: StepName, _ rows: [ChainRow], _ state: AppState, _ speech: SpokenText
  ) -> String {
    let settings = state.settings[state.focus]
    let values = rows.filter { $0.isStep || !$0.knob.isOff(in: settings) }.map {
      "\($0.knob.title) \($0.knob.shownValue(in: settings))"
    }
    let head = speech.sentence(values.isEmpty ? step.title : values.joined(separator: ", "))
    guard let lane = state.focusedLane, let distribution = lane.decision?.distribution,
      let stage = lane.stages.first(where: { $0.name == step })
    else {
      let problem = state.focusedLane?.decision?.distribution.chainProblem
      let reason = problem.map { $0.step == step ? $0.description : "A step before it cannot run." }
      return "\(head): \(reason.map(speech.sentence) ?? "has no part here.")"
    }
    let words = StageDescription(stage, settings, distribution, glyphs: speech.glyphs, match: lane.dryMatch) {
      id in
      speech.token(state.card?.bytes(of: id) ?? [])
    }
    return
      "\(head): \(kept(stage.keptBounds)) and \(speech.percent(stage.massBounds)) left, "
      + "entropy \(bits(stage.entropyBounds)); \(speech.sentence(words.text))."
  }
}

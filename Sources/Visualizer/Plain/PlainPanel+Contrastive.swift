import LMCore
import Presentation

/// Contrastive search in sentences.
extension PlainPanel {
  init?(_ state: AppState, contrastive search: ContrastiveSnapshot?, _ speech: SpokenText) {
    guard let search, case .contrastive(let window) = state.overlay else { return nil }
    func phrase(_ ids: some Sequence<Int>) -> String {
      speech.phrase(ids.flatMap { state.card?.bytes(of: $0) ?? [] })
    }
    let how = ContrastiveDescription.text(search.settings, glyphs: .ascii)
    var lines = [
      "\(SpokenText.capitalized(speech.sentence(how))), step \(search.depth)."
    ]
    if let last = search.steps.last, let place = search.places.last {
      lines.append(
        "Behind the text: \(phrase(search.steps.map(\.id))). The last token is \(phrase([last.id])), "
          + (place == 0 ? "the most probable." : "not the most probable."))
      let turned = search.places.count { $0 > 0 }
      lines.append("\(turned) of \(counted(search.depth, "token")) were not the most probable.")
      if search.hasGreedy { lines += Self.repetition(search, phrase, speech) }
    }
    var entries: [String] = []
    if let step = search.next {
      let text = search.textIDs
      entries = step.candidates.enumerated().map { index, row in
        let like = text.indices.contains(row.nearest) ? phrase([text[row.nearest]]) : ""
        return "Candidate \(index + 1): \(phrase([row.id])), \(speech.percent(row.probability)), similarity "
          + "\(ContrastiveDescription.number(row.similarity)) to \(like), place \(row.nearest + 1), score "
          + "\(ContrastiveDescription.number(row.score))\(index == step.place ? ", taken" : "")."
      }
      lines += entries
      let reason = ContrastiveDescription.reason(step) { phrase([$0]) }
      lines.append(SpokenText.capitalized(reason) + ".")
    } else if search.isContextFull {
      lines.append("The context is full: no token can be tried.")
    } else if state.isReplay {
      lines.append(SpokenText.capitalized(speech.sentence("\(LaneError.traceEnded)")) + ".")
    }
    self.init(
      lines: lines, chosen: window.row.flatMap { entries.indices.contains($0) ? entries[$0] : nil })
  }

  /// How much the text repeats, and how much greedy decoding's.
  private static func repetition(
    _ search: ContrastiveSnapshot, _ phrase: ([Int]) -> String, _ speech: SpokenText
  ) -> [String] {
    let (own, greedy) = (search.summary(search.steps), search.summary(search.greedySteps))
    let shares =
      "Repeated 4-grams: \(speech.percent(own.repeatedFourGramShare)), of greedy decoding behind the same text "
      + "\(speech.percent(greedy.repeatedFourGramShare))."
    let loops = [("Loop", own), ("Loop of greedy decoding", greedy)].compactMap { name, summary in
      summary.loop.map {
        "\(name): \(phrase($0.range(ofCopy: 0).map { summary.ids[$0] })), \($0.copies) times in a row."
      }
    }
    return [shares] + loops
  }
}

import Glibc
import LMCore
import Presentation

/// Beam search in sentences.
extension PlainPanel {
  init?(_ state: AppState, beams: BeamSnapshot?, _ speech: SpokenText) {
    guard let beams, let window = state.beamWindow else { return nil }
    let (search, settings) = (beams.search, beams.search.settings)
    func phrase(_ ids: some Sequence<Int>) -> String {
      speech.phrase(ids.flatMap { state.card?.bytes(of: $0) ?? [] })
    }
    let name = BeamDescription.name(of: settings.choice)
    let how = SpokenText.capitalized(name)
    let penalty = NumberFormat.shortest(settings.lengthPenalty)
    func group(_ text: Hypothesis) -> String {
      settings.choice == .diverse ? " of group \(text.group + 1)" : ""
    }
    let groups =
      settings.choice == .diverse
      ? " in \(settings.groups) groups, diversity penalty \(NumberFormat.shortest(settings.diversity))" : ""
    let rule = BeamDescription.stopRule(settings).map { ", \($0)" } ?? ""
    let chain =
      settings.draws || settings.hasActingChain
      ? ", \(ChainDescription(settings.actingSampling, glyphs: .ascii).brief)" : ""
    var lines = [
      "\(how), step \(search.depth) of at most \(search.limit): \(counted(settings.width, "beam"))\(groups), length penalty \(penalty)\(rule)\(chain)."
    ]
    let sumName = BeamDescription.sumName(settings)
    func perturbed(_ number: Double) -> String {
      guard settings.choice == .stochastic else { return "" }
      return ", \(BeamDescription.perturbedName) \(BeamDescription.number(number))"
    }
    let entries = search.live.enumerated().map { place, beam in
      let text = beam.ids.isEmpty ? "the text alone" : phrase(beam.ids)
      let score =
        beam.ids.isEmpty
        ? "" : ", score \(BeamDescription.number(settings.score(sum: beam.sum, count: beam.ids.count)))"
      return
        "Beam \(place + 1)\(group(beam)): \(sumName) \(BeamDescription.number(beam.sum))\(score)\(perturbed(beam.number)), \(text)."
    }
    let finished = search.finished.enumerated().map { place, text in
      "Finished \(place + 1)\(group(text.hypothesis)): score \(BeamDescription.number(text.score)), \(phrase(text.hypothesis.ids))."
    }
    lines += entries + finished
    if let step = beams.steps.last {
      lines.append(speech.sentence(BeamDescription.rule(step, settings)) + ".")
    }
    if let next = beams.next {
      let best = next.candidates.filter { $0.rank <= settings.groupWidth + 2 }
      lines += best.map { candidate in
        var fate = BeamDescription.fate(of: candidate, width: settings.groupWidth, glyphs: .ascii)
        if case .lives(let place) = candidate.fate { fate = "goes on as beam \(place + 1)" }
        let p = speech.percent(exp(candidate.token.ownLogProbability))
        let sum = ", \(sumName) \(BeamDescription.number(candidate.sum))"
        return
          "Next\(group(next.parents[candidate.parent])), rank \(candidate.rank): beam \(candidate.parent + 1) with \(phrase([candidate.id])), \(p)\(sum)\(perturbed(candidate.number)): \(speech.sentence(fate))."
      }
      lines += next.parents.indices.compactMap { place in
        BeamDescription.death(of: place, in: next, width: settings.groupWidth).map {
          "Beam \(place + 1) \($0)."
        }
      }
    }
    let texts = beams.texts
    let ids = beams.promptIDs + (texts.indices.contains(window.chosen) ? texts[window.chosen].ids : [])
    if let loop = LoopSummary(ids, promptCount: beams.promptIDs.count).loop {
      lines.append(
        "Loop: \(phrase(loop.range(ofCopy: 0).map { ids[$0] })), \(loop.copies) times in a row.")
    }
    let chosen = texts.indices.contains(window.chosen) ? texts[window.chosen] : texts.first
    if let comparison = BeamComparison(beams, chosen: chosen, named: "The beam", glyphs: .ascii) {
      lines += comparison.entries.enumerated().map { index, entry in
        let distinctions = comparison.distinctions(of: index)
        return "\(speech.sentence(entry.name))\(distinctions.isEmpty ? "" : ", \(distinctions)"): "
          + "\(speech.sentence(comparison.figures(of: index))), \(phrase(entry.ids))."
          + (entry.problem.map { " \(speech.sentence($0))." } ?? "")
      }
    }
    let choices = entries + finished
    self.init(
      lines: lines, chosen: choices.indices.contains(window.chosen) ? choices[window.chosen] : nil)
  }
}

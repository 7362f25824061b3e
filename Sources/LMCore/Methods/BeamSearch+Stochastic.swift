import Glibc

/// Stochastic beam search (Kool, van Hoof and Welling, arXiv 1903.06059): B different texts, drawn without replacement from all that the
/// model can write.
///
/// Each text has a number G, its sum of ln p with Gumbel noise. The numbers of a text's continuations are drawn so that the
/// largest of them is the text's own; the B texts with the largest numbers stay, finished ones among them.
extension BeamSearch {
  private struct Entry {
    let hypothesis: Hypothesis
    /// nil for a text that was finished before.
    let parent: Int?
    let token: Continuation?
    let isEnded: Bool
  }

  /// - Parameter continuations: for each live beam those with the largest ln p and noise, the largest among them.
  mutating func advanceDrawing(_ continuations: [[Continuation]]) -> BeamStep {
    depth += 1
    let parents = live
    var children: [Entry] = []
    for (place, rows) in continuations.enumerated() {
      let parent = parents[place]
      let numbers = Self.conditioned(
        rows.map { parent.sum + $0.logProbability + $0.noise }, onLargest: parent.number)
      for (row, number) in zip(rows, numbers) where row.logProbability > -.infinity {
        var text = parent.appending(row)
        text.number = number
        children.append(
          Entry(hypothesis: text, parent: place, token: row, isEnded: endOfText.contains(row.id)))
      }
    }
    let isBefore = { (a: Entry, b: Entry) in
      (-a.hypothesis.number, a.parent ?? -1, a.token?.id ?? -1)
        < (-b.hypothesis.number, b.parent ?? -1, b.token?.id ?? -1)
    }
    children.sort(by: isBefore)
    let before = finished.map {
      Entry(hypothesis: $0.hypothesis, parent: nil, token: nil, isEnded: $0.isEnded)
    }
    let kept = (before + children).sorted(by: isBefore).prefix(settings.width)
    // By their numbers no two texts are equal.
    let least = kept.last?.hypothesis.number ?? -.infinity
    var next: [Hypothesis] = []
    var candidates: [BeamCandidate] = []
    for (index, child) in children.prefix(candidateCount).enumerated() {
      guard let parent = child.parent, let token = child.token else { continue }
      let stays = child.hypothesis.number >= least
      let fate: BeamCandidate.Fate
      if child.isEnded || depth == limit {
        fate =
          stays ? .finished(score: settings.score(sum: child.hypothesis.sum, count: depth)) : .endedTooLow
      } else {
        fate = stays ? .lives(place: next.count) : .cut
        if stays { next.append(child.hypothesis) }
      }
      candidates.append(
        BeamCandidate(parent: parent, token: token, sum: child.hypothesis.sum, rank: index + 1, fate: fate))
    }
    let fresh = kept.filter { $0.parent == nil || $0.isEnded || depth == limit }
    finished = fresh.map { entry in
      FinishedHypothesis(
        hypothesis: entry.hypothesis,
        score: settings.score(sum: entry.hypothesis.sum, count: max(entry.hypothesis.ids.count, 1)),
        isEnded: entry.isEnded)
    }.sorted { ($1.score, -$0.hypothesis.number) < ($0.score, -$1.hypothesis.number) }
    live = next
    return end(parents, candidates)
  }

  /// Gumbel numbers of continuations, given that their largest is `largest`: -ln(e^-G - e^-Z + e^-g), computed without overflow.
  static func conditioned(_ numbers: [Double], onLargest largest: Double) -> [Double] {
    guard let greatest = numbers.max(), greatest > -.infinity else { return numbers }
    return numbers.map { number in
      let v = largest - number + log1p(-exp(number - greatest))
      return largest - max(0, v) - log1p(exp(-abs(v)))
    }
  }
}

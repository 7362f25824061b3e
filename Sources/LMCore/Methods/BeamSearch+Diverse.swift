/// Diverse beam search (Vijayakumar et al., arXiv 1610.02424) as group beam search of `transformers` 4: groups of beams, one after the
/// other in each step.
///
/// 1. A token's ln p is lowered by the diversity penalty for each beam of an earlier group that takes it in this step. What
///    is lowered stays so, in sums and scores.
/// 2. Each group is a beam search of its own with B / G beams and as many finished texts. At the length its live beams
///    count as finished, unless the group has ended.
/// 3. A group ends where `BeamSettings.EarlyStopping` says, by the best continuation, whether that ends or not. The others go
///    on without it: it takes no tokens any more.
extension BeamSearch {
  mutating func advanceInGroups(_ continuations: [[Continuation]]) -> BeamStep {
    depth += 1
    let parents = live
    var next: [Hypothesis] = []
    var candidates: [BeamCandidate] = []
    var taken: [Int: Int] = [:]
    for group in 0..<settings.groups {
      let rows = zip(parents.indices, continuations).filter { parents[$0.0].group == group }.map {
        (
          offset: $0,
          element: $1.map { $0.lowered(by: settings.diversity * Double(taken[$0.id, default: 0])) }
        )
      }
      guard !rows.isEmpty else { continue }
      let looked = advance(rows, of: group, after: &next, &taken)
      candidates += looked
    }
    live = next
    if next.isEmpty {
      stop = depth == limit ? .length : settings.earlyStopping == .immediate ? .allFinished : .noBetter
    }
    return BeamStep(
      parents: parents, candidates: candidates, live: live, finished: finished, bestPossibleScore: nil,
      worstFinishedScore: nil, stop: stop)
  }

  /// The step of one group: appends its beams to `next`, and counts the tokens that they take.
  private mutating func advance(
    _ rows: [(offset: Int, element: [Continuation])], of group: Int, after next: inout [Hypothesis],
    _ taken: inout [Int: Int]
  ) -> [BeamCandidate] {
    let ranked = rank(rows)
    var candidates: [BeamCandidate] = []
    var ended: [(place: Int, text: FinishedHypothesis)] = []
    var going: [(place: Int, text: FinishedHypothesis)] = []
    for (index, place) in ranked.looked.enumerated() {
      let hypothesis = live[place.parent].appending(place.token)
      let hasEnded = endOfText.contains(place.token.id)
      let text = FinishedHypothesis(
        hypothesis: hypothesis, score: settings.score(sum: hypothesis.sum, count: depth), isEnded: hasEnded)
      var fate = BeamCandidate.Fate.cut
      if hasEnded {
        fate = index < settings.groupWidth ? .finished(score: text.score) : .endedTooLow
        if index < settings.groupWidth { ended.append((index, text)) }
      } else if going.count < settings.groupWidth {
        going.append((index, text))
        taken[place.token.id, default: 0] += 1
      }
      candidates.append(place.candidate(rank: index + 1, fate: fate))
    }
    let before = finished
    finish(ended, of: group, &candidates)
    if hasEnded(group, bestSum: ranked.looked.first?.sum) {
      for (place, _) in going { candidates[place].fate = .groupEnded }
    } else if depth == limit {
      for (place, text) in going { candidates[place].fate = .finished(score: text.score) }
      finished = before
      finish(ended + going, of: group, &candidates)
    } else {
      for (place, text) in going {
        candidates[place].fate = .lives(place: next.count)
        next.append(text.hypothesis)
      }
    }
    return candidates + ranked.bestOfOthers.map { $0.place.candidate(rank: $0.rank, fate: .cut) }
  }

  private func hasEnded(_ group: Int, bestSum: Double?) -> Bool {
    let scores = finished.filter { $0.hypothesis.group == group }.map(\.score)
    guard let bestSum, let worst = scores.min(), scores.count == settings.groupWidth else { return false }
    return settings.earlyStopping == .immediate
      || settings.bound(sum: bestSum, count: depth, limit: limit) <= worst
  }
}

/// Beam search as `transformers` 5 runs it, one step at a time: pure, since what the model believes is given.
///
/// 1. The continuations of all live beams are ranked by their sums of ln p; ties go to the earlier beam, then to the
///    lower id. The best max(2, 1 + number of ends) x B are looked at, or as many are drawn.
/// 2. One that ends is finished if it ranks among the first B. The best B finished texts of all steps are kept.
/// 3. The first B that do not end live on.
/// 4. The search ends at the length, or where `BeamSettings.EarlyStopping` says.
public struct BeamSearch: Sendable {
  /// The settings.
  public let settings: BeamSettings
  /// The most tokens that a text has behind the prompt, at least 1.
  public let limit: Int
  /// The ids that end a text.
  public let endOfText: Set<Int>
  /// The beams that live, by group, best first: one of each group at the prompt, none at the length.
  public internal(set) var live: [Hypothesis]
  /// The finished texts, best first.
  public internal(set) var finished: [FinishedHypothesis] = []
  /// The number of steps so far.
  public internal(set) var depth = 0
  /// Why the search has ended; nil where it goes on.
  public internal(set) var stop: BeamStep.Stop?

  /// A search at the prompt.
  public init(_ settings: BeamSettings, limit: Int, endOfText: Set<Int>) {
    precondition((1...BeamSettings.mostBeams).contains(settings.width) && limit > 0, "a search has beams")
    (self.settings, self.limit, self.endOfText) = (settings, limit, endOfText)
    live = (0..<(settings.choice == .diverse ? settings.groups : 1)).map { Hypothesis(group: $0) }
  }

  /// The search behind steps that were recorded.
  init(_ settings: BeamSettings, limit: Int, endOfText: Set<Int>, behind steps: ArraySlice<BeamStep>) {
    self.init(settings, limit: limit, endOfText: endOfText)
    guard let last = steps.last else { return }
    (live, finished, depth, stop) = (last.live, last.finished, steps.count, last.stop)
  }

  /// How many continuations are looked at, of each group where there are groups.
  public var candidateCount: Int { max(2, 1 + endOfText.count) * settings.groupWidth }

  /// How many continuations of a beam decide a step: those of earlier groups' tokens may rank lower in the end.
  var neededCount: Int { candidateCount + settings.width - settings.groupWidth }

  /// Makes a step.
  ///
  /// - Parameter continuations: for each live beam the first `neededCount` of its continuations, or more.
  public mutating func advance(_ continuations: [[Continuation]]) -> BeamStep {
    precondition(stop == nil && continuations.count == live.count, "a search that goes on has continuations")
    switch settings.choice {
    case .stochastic: return advanceDrawing(continuations)
    case .diverse: return advanceInGroups(continuations)
    case .best, .sampled: break
    }
    let ranked = rank(Array(continuations.enumerated()))
    depth += 1
    let parents = live
    var candidates: [BeamCandidate] = []
    var next: [Hypothesis] = []
    var fresh: [(place: Int, text: FinishedHypothesis)] = []
    for (index, place) in ranked.looked.enumerated() {
      let hypothesis = parents[place.parent].appending(place.token)
      let hasEnded = endOfText.contains(place.token.id)
      let fate: BeamCandidate.Fate
      if hasEnded || depth == limit {
        let score = settings.score(sum: hypothesis.sum, count: depth)
        // Decided below for those among the best B.
        fate = index < settings.width ? .finished(score: score) : hasEnded ? .endedTooLow : .cut
        if index < settings.width {
          fresh.append((index, FinishedHypothesis(hypothesis: hypothesis, score: score, isEnded: hasEnded)))
        }
      } else if next.count < settings.width {
        fate = .lives(place: next.count)
        next.append(hypothesis)
      } else {
        fate = .cut
      }
      candidates.append(place.candidate(rank: index + 1, fate: fate))
    }
    finish(fresh, &candidates)
    candidates += ranked.bestOfOthers.map { $0.place.candidate(rank: $0.rank, fate: .cut) }
    live = next
    return end(parents, candidates)
  }

  /// Keeps the best B of what was finished before and now; of a group as many as it has beams.
  mutating func finish(
    _ fresh: [(place: Int, text: FinishedHypothesis)], of group: Int = 0, _ candidates: inout [BeamCandidate]
  ) {
    // Stable, earlier ones first: a tie leaves what was finished before in its place.
    let all =
      finished.filter { $0.hypothesis.group == group }.map { (place: nil as Int?, text: $0) }
      + fresh.map { ($0.place, $0.text) }
    let order = all.indices.sorted { (-all[$0].text.score, $0) < (-all[$1].text.score, $1) }
    let kept =
      finished.filter { $0.hypothesis.group != group }
      + order.prefix(settings.groupWidth).map { all[$0].text }
    finished = kept.indices.sorted { (-kept[$0].score, $0) < (-kept[$1].score, $1) }.map { kept[$0] }
    for index in order.dropFirst(settings.groupWidth) {
      guard let place = all[index].place else { continue }
      candidates[place].fate = .finishedBelowOthers(score: all[index].text.score)
    }
  }

  /// Decides whether a search without groups ends behind a step.
  mutating func end(_ parents: [Hypothesis], _ candidates: [BeamCandidate]) -> BeamStep {
    let best = live.first.map { settings.bound(sum: $0.sum, count: depth, limit: limit) }
    let worst = finished.count == settings.width ? finished.last?.score : nil
    if live.isEmpty {
      // Before the length only where few continuations are left by the chain, and all of them end.
      stop = depth == limit ? .length : .allFinished
    } else if settings.earlyStopping == .immediate, worst != nil {
      stop = .allFinished
    } else if let best, let worst, best <= worst {
      stop = .noBetter
    }
    return BeamStep(
      parents: parents, candidates: candidates, live: live, finished: finished, bestPossibleScore: best,
      worstFinishedScore: worst, stop: stop)
  }
}

extension BeamSearch {
  /// A continuation, and which beam it continues.
  struct Place {
    let parent: Int
    let token: Continuation
    let sum: Double

    func candidate(rank: Int, fate: BeamCandidate.Fate) -> BeamCandidate {
      BeamCandidate(parent: parent, token: token, sum: sum, number: sum, rank: rank, fate: fate)
    }
  }

  /// The continuations that are looked at, best first; and the best one of each beam that has none among them, with its rank.
  ///
  /// - Parameter continuations: of the beams that are ranked together, each with its place among the live ones.
  func rank(
    _ continuations: [(offset: Int, element: [Continuation])]
  ) -> (looked: [Place], bestOfOthers: [(place: Place, rank: Int)]) {
    var all: [Place] = []
    for (parent, rows) in continuations {
      // What the model rules out is no continuation.
      for row in rows where row.logProbability > -.infinity {
        all.append(Place(parent: parent, token: row, sum: live[parent].sum + row.logProbability))
      }
    }
    let isBefore = { (a: Place, b: Place) in (-a.sum, a.parent, a.token.id) < (-b.sum, b.parent, b.token.id) }
    if settings.choice == .sampled {
      // Drawn without replacement from softmax(sums): the largest of sum + Gumbel noise (arXiv 1903.06059, section 2).
      all.sort { a, b in
        (-a.sum - a.token.noise, a.parent, a.token.id) < (-b.sum - b.token.noise, b.parent, b.token.id)
      }
      return (all.prefix(candidateCount).sorted(by: isBefore), [])
    }
    all.sort(by: isBefore)
    let looked = Array(all.prefix(candidateCount))
    let seen = Set(looked.map(\.parent))
    let others = continuations.map(\.offset).filter { !seen.contains($0) }.compactMap { parent in
      all.firstIndex { $0.parent == parent }.map { (place: all[$0], rank: $0 + 1) }
    }
    return (looked, others.sorted { $0.rank < $1.rank })
  }
}

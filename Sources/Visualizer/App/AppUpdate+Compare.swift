import LMCore

/// Comparison of two strategies: two lanes with the same prompt and the same random stream; each key acts on both.
extension AppState {
  /// Opens another text beside the user's own, and advances it to the same step; or closes it again.
  mutating func toggleComparison() -> [AppEffect] {
    guard let lane = focusedLane else { return [] }
    table.showTop()
    guard !isComparing else {
      rival = chains[1 - ownLane].current
      return ask(.endComparison(keeping: ownLane))
    }
    var effects: [AppEffect] = []
    // Before there is a text or a chain of one's own, greedy decoding is compared with nucleus sampling.
    let hasOwn =
      !lane.steps.isEmpty || settings[focus] != inChosenOrder(.pure) || settings[focus].knownOnly
      || !lane.following.isEmpty
    if !hasOwn { effects += view(.nucleus95) }
    let other = otherStrategy(beside: lane)
    // Greedy decoding is on the left, whoever it belongs to. So is the author of a followed text.
    let isFirst = other.isGreedy && lane.following.isEmpty
    ownLane = isFirst ? 1 : 0
    effects += ask(.compare(with: other, first: isFirst))
    // One command a step, so that the text grows visibly and any key can stop it.
    for _ in 0..<lane.depth { effects += ask(.advance(.behind(ownLane))) }
    return effects
  }

  /// The strategy compared last; at first greedy decoding, or nucleus sampling where the user's own is greedy.
  private func otherStrategy(beside lane: LaneSnapshot) -> SamplingSettings {
    if let rival, rival != settings[focus] { return rival }
    let isGreedy = settings[focus].isGreedy && lane.following.isEmpty
    return inChosenOrder(isGreedy ? .nucleus95 : .greedy)
  }

  mutating func focusOtherLane() {
    guard isComparing else {
      message = "there is one text; c compares it with another strategy"
      return
    }
    focus = (focus + 1) % lanes.count
    text.scroll = nil
    table.showTop()
    chooseBindingStage()
  }

  /// Adapts what is kept for each lane to a lane that was opened or closed.
  mutating func fit(to lanes: [LaneSnapshot]) {
    settings = lanes.map(\.settings)
    chain?.changedLanes = []
    let own = chains.indices.contains(ownLane) && chains.count > 1 ? chains[ownLane] : chains.first
    chains = settings.enumerated().map { lane, settings in
      (lanes.count == 1 || lane == ownLane ? own : nil) ?? ChainHistory(settings)
    }
    focus = lanes.count == 1 ? 0 : ownLane
  }
}

import LMCore

/// Comparison of two strategies: two lanes with the same prompt and the same random stream; each key acts on both.
extension AppState {
  /// Opens two lanes and advances both to the current step, or goes back to the single text.
  mutating func toggleComparison() -> [AppEffect] {
    guard let lane = focusedLane else { return [] }
    table.showTop()
    guard !isComparing else { return ask(.endComparison(keeping: focus)) }
    // A followed text is compared with the model's own greedy text.
    let isAuthor = !lane.following.isEmpty
    let pair = [isAuthor ? SamplingPreset.pure : .greedy, isAuthor ? .greedy : .nucleus95].map { preset in
      var settings = preset.settings
      settings.order = lane.settings.order
      return settings
    }
    settings = pair
    focus = 0
    var effects = ask(.compare(pair))
    // One command a step, so that both texts grow visibly and any key can stop it.
    for _ in 0..<lane.depth { effects += ask(.advance(.all)) }
    return effects
  }

  mutating func focusOtherLane() {
    guard isComparing else {
      message = "there is one text; c compares two strategies"
      return
    }
    focus = (focus + 1) % lanes.count
    table.showTop()
  }
}

import LMCore

/// Two strategies side by side: same prompt, same random stream, one key for both.
extension AppState {
  /// Opens two lanes and takes both to the step the text stood at, or goes back to the one text.
  mutating func toggleComparison() -> [AppEffect] {
    guard let lane = focusedLane else { return [] }
    chosenRank = nil
    firstRank = 1
    guard !isComparing else { return ask(.endComparison(keeping: focus)) }
    // An author's text is compared with the model's own, greedy one.
    let isAuthor = !lane.following.isEmpty
    let pair = [isAuthor ? SamplingPreset.pure : .greedy, isAuthor ? .greedy : .nucleus95].map { preset in
      var settings = preset.settings
      settings.order = lane.settings.order
      return settings
    }
    settings = pair
    focus = 0
    var effects = ask(.compare(pair))
    // Step by step, so that the class sees both texts grow and any key can stop it.
    for _ in 0..<lane.depth { effects += ask(.advance(.all)) }
    return effects
  }

  mutating func focusOtherLane() {
    guard isComparing else {
      message = "there is one text; c compares two strategies"
      return
    }
    focus = (focus + 1) % lanes.count
    chosenRank = nil
    firstRank = 1
  }
}

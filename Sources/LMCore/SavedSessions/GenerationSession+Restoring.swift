extension GenerationSession {
  /// A session that makes the decisions of a saved line again, and stands where it stood.
  ///
  /// - Parameter following: the text behind the prompt that the lane follows.
  public convenience init(
    predictor: any Predictor, tokenizer: (any Tokenizer)? = nil, promptIDs: [Int], following: [Int],
    restoring lane: SavedLane
  ) throws {
    try self.init(
      predictor: predictor, tokenizer: tokenizer, promptIDs: promptIDs, following: following,
      settings: lane.steps.first?.settings ?? lane.next.settings,
      seed: (lane.steps.first?.draw ?? lane.next.draw).seed)
    for step in lane.steps {
      try setSettings(step.settings)
      setDraw(like: step.draw)
      let next = try decision
      let isOwn = step.isForced == (next.followed != nil) && next.id == step.id
      if isOwn { try advance() } else { try force(step.id) }
    }
    if let last = lane.last { try prepare(last) }
    jump(toDepth: lane.cursor)
    // With steps ahead, what stands at the cursor is what the first of them was made with: nothing changes then.
    try prepare(lane.next)
  }

  private func prepare(_ decision: SavedDecision) throws {
    try setSettings(decision.settings)
    setDraw(like: decision.draw)
  }

  /// Brings the draw at the cursor to what it was, by the moves that led there.
  private func setDraw(like saved: Draw) {
    if draw.seed == saved.seed { redraw(times: saved.redraws - draw.redraws) }
    guard draw != saved else { return }
    setSeed(saved.seed)
    redraw(times: saved.redraws - draw.redraws)
  }
}

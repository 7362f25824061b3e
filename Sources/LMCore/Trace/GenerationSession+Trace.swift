extension GenerationSession {
  /// Hands over every decision of the line that the cursor stands on: those that its steps carried out, and the one
  /// behind the last of them, where one can be made. Nothing moves.
  ///
  /// Costs one product with lm_head and one run of the chain a step.
  public func forEachDecision(_ body: (Decision, GenerationStep?) throws -> Void) throws {
    var text = promptIDs
    let (line, following) = ([0] + tree.line, self.following)
    for (depth, id) in line.enumerated() {
      let node = tree[id]
      let step = depth + 1 < line.count ? tree[line[depth + 1]].step : nil
      guard let prediction = node.prediction else { return }
      let settings = step?.settings ?? node.settings
      let draw = step?.draw ?? node.draw
      let decision: Decision
      let followed = node.isOnFollowedText && following.indices.contains(depth) ? following[depth] : nil
      do {
        let belief = try predictor.belief(of: prediction)
        let chain = try SamplerChain(settings, of: samplerSteps)
        let context = context(at: node, history: text, draw: draw, settings)
        let (distribution, stages) = try chain.measure(belief, context)
        decision = try Decision(chain, distribution, stages, context, draw: draw, followed: followed)
      } catch let error as SamplingError {
        // Nothing is left to choose from: the end of the line.
        guard step != nil else { return }
        throw error
      }
      try body(decision, step)
      if let step { text.append(step.id) }
    }
  }

  /// The line that the cursor stands on, as a trace.
  ///
  /// - Parameters:
  ///   - promptBytes: see `TraceRecorder`.
  ///   - endsText: whether a token is the end of a text.
  public func trace(
    of model: ModelProfile, promptBytes: [UInt8]?, tokenizer: (any Tokenizer)?,
    rowCount: Int = Trace.defaultRowCount, endsText: (Int) -> Bool
  ) throws -> Trace {
    let steps = lineSteps
    let last = steps.last
    var recorder = TraceRecorder(
      model: model, promptBytes: promptBytes, ids: promptIDs, following: following,
      settings: steps.first?.settings ?? settings,
      seed: (steps.first?.draw ?? draw).seed, tokenizer: tokenizer, rowCount: rowCount)
    var recorded: [TraceStep] = []
    var next: Decision?
    try forEachDecision { decision, step in
      if let step { recorded.append(recorder.record(step, decision)) } else { next = decision }
    }
    let ended = last.map { endsText($0.id) } ?? false
    let isFull = promptIDs.count + steps.count > predictor.profile.contextLength
    let end = recorder.end(
      ended ? .eos : isFull ? .context : .length, next: next, cursor: depth < steps.count ? depth : nil)
    return Trace(start: recorder.start, steps: recorded, end: end)
  }
}

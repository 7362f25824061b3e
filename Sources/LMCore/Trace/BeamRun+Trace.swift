extension BeamRun {
  /// All steps that were made, as a trace. Nothing moves.
  ///
  /// - Parameter promptBytes: see `BeamTrace`.
  public func trace(
    of model: ModelProfile, promptBytes: [UInt8]?, tokenizer: (any Tokenizer)?
  ) -> BeamTrace {
    var trace = emptyTrace(of: model, promptBytes: promptBytes, tokenizer: tokenizer)
    for step in madeSteps { trace.append(step, tokenizer) }
    let words = tokenizer.flatMap { tokenizer in
      promptBytes.map { ContinuationText(tokenizer, behind: promptIDs, writtenAs: $0) }
    }
    trace.end = BeamTraceEnd(searchAtEnd, words, cursor: depth < madeCount ? depth : nil)
    return trace
  }

  /// The trace before the first step.
  public func emptyTrace(
    of model: ModelProfile, promptBytes: [UInt8]?, tokenizer: (any Tokenizer)?
  ) -> BeamTrace {
    BeamTrace(
      model: model, promptBytes: promptBytes, ids: promptIDs, settings: search.settings,
      limit: search.limit, endOfText: search.endOfText, tokenizer: tokenizer)
  }
}

import LMCore

extension Distribution {
  /// Why the chain ended before one of its steps: then what it leaves is not known. nil where all steps ran.
  package var chainProblem: Untold? {
    switch untold {
    case .draw, nil: nil
    case .logits, .allTokens, .cut: untold
    }
  }
}

extension Untold {
  /// The step that could not run; nil for a draw.
  package var step: StepName? {
    switch self {
    case .logits(let step), .allTokens(let step, _, _), .cut(let step, _, _): step
    case .draw: nil
    }
  }
}

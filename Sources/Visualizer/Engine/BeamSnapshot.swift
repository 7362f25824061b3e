import LMCore

/// What the engine is asked to do with the beam search on screen.
enum BeamRequest: Equatable, Sendable {
  /// A search behind the text of this lane, with as many steps as the one on screen had behind the same text.
  case open(BeamSettings, lane: Int)
  case advance
  case back
  case jump(depth: Int)
  /// Makes steps until there are so many, or the search ends.
  case goOn(to: Int)
  /// Appends the tokens of a beam, or of a finished text behind the beams, to the text of this lane, and ends the search.
  case take(Int, lane: Int)
  case close
  /// Puts texts with these settings beside the beams, as long as they are.
  case compare([SamplingSettings], seed: UInt64)
  case endComparison
}

/// The visible state of a beam search, as a value.
struct BeamSnapshot: Sendable {
  /// The text that the beams continue.
  var promptIDs: [Int]
  /// Settings, live beams and finished texts at the cursor.
  var search: BeamSearch
  /// The last steps before the cursor, the oldest first.
  var steps: [BeamStep]
  /// The step that stands next; nil where the search has ended, or the step is missing (see `problem`).
  var next: BeamStep?
  /// The reason for a missing step, as a sentence; nil where it was interrupted.
  var problem: String?
  /// The texts of other strategies; nil while nothing is compared.
  var rivals: [BeamRival]?

  /// How many steps a snapshot holds.
  static let mostSteps = 40

  /// - Parameter problem: why the step that stands next could not be made.
  init(of run: BeamRun, problem: String?, rivals: [BeamRival]? = nil) {
    (promptIDs, search, steps) = (run.promptIDs, run.search, Array(run.steps.suffix(Self.mostSteps)))
    (next, self.problem, self.rivals) = (run.nextMade, problem, rivals)
  }

  /// A recorded search behind so many of its steps.
  init(of trace: BeamTrace, depth: Int) {
    (promptIDs, search) = (trace.promptIDs, trace.search(atDepth: depth))
    steps = Array(trace.steps.prefix(depth).suffix(Self.mostSteps))
    next = trace.steps.indices.contains(depth) ? trace.steps[depth] : nil
  }

  var texts: [Hypothesis] { search.texts }

  /// The step whose continuations are shown: the next one, at the end of the search the last.
  var shownStep: BeamStep? { next ?? steps.last }
}

extension BeamSearch {
  /// The live beams, and behind them the finished texts.
  var texts: [Hypothesis] { live + finished.map(\.hypothesis) }
}

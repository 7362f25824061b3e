/// The condition under which a lesson goes on to its next step.
enum LessonCondition: Equatable, Sendable {
  case anyKey
  /// A key that is bound to this action was pressed.
  case key(Action)
  /// A phrase repeats at the end of the text.
  case loop
  /// The newest token of the focused lane ends the text.
  case ended
  /// The focused lane decodes greedily.
  case greedy
  /// Two lanes are open.
  case compare
  /// The newest token of the focused lane was forced by the user.
  case forced
  case measure(LessonMeasure, LessonComparison, Double)
  case all([LessonCondition])

  /// - Parameter pressed: the actions of the keys pressed since the step was reached.
  func holds(in facts: LessonFacts, pressed: Set<Action>) -> Bool {
    switch self {
    case .anyKey: true
    case .key(let action): pressed.contains(action)
    case .loop: (facts.value(of: .copies) ?? 0) >= 3
    case .ended: facts.isEnded
    case .greedy: facts.settings?.isGreedy ?? false
    case .compare: facts.lanes.count > 1
    case .forced: facts.isNewestForced
    case .measure(let measure, let comparison, let number):
      facts.value(of: measure).map { comparison.holds($0, number) } ?? false
    case .all(let conditions): conditions.allSatisfy { $0.holds(in: facts, pressed: pressed) }
    }
  }
}

enum LessonComparison: String, CaseIterable, Sendable {
  case atMost = "<="
  case atLeast = ">="
  case below = "<"
  case above = ">"
  case equal = "="

  func holds(_ value: Double, _ number: Double) -> Bool {
    switch self {
    case .atMost: value <= number
    case .atLeast: value >= number
    case .below: value < number
    case .above: value > number
    case .equal: value == number
    }
  }
}

/// A number on the screen that a lesson can wait for.
enum LessonMeasure: String, CaseIterable, Sendable {
  case step, temperature, kept, mass, entropy, rank, probability, perplexity, copies, alpha
  case topK = "top-k"
  case topP = "top-p"
}

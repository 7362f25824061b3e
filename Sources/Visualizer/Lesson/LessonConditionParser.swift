/// Parser of the condition behind "until:", such as "key g", "loop", "step 10 and kept < 5".
enum LessonConditionParser {
  static func parse(_ text: String) throws(LessonProblem) -> LessonCondition {
    var conditions: [LessonCondition] = []
    var words: [Substring] = []
    for word in (text + " and").split(separator: " ") {
      guard word == "and" else {
        words.append(word)
        continue
      }
      guard !words.isEmpty else { throw .unknownCondition(text) }
      conditions.append(try single(words))
      words = []
    }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private static func single(_ words: [Substring]) throws(LessonProblem) -> LessonCondition {
    switch words {
    case ["any", "key"]: return .anyKey
    case ["loop"]: return .loop
    case ["ended"]: return .ended
    case ["greedy"]: return .greedy
    case ["compare"]: return .compare
    case ["forced"]: return .forced
    default: break
    }
    if words[0] == "key", words.count == 2 {
      guard let action = action(ofKey: String(words[1])) else { throw .unknownKey(String(words[1])) }
      return .key(action)
    }
    return try comparison(words)
  }

  /// Parses "top-p <= 0.5", also without the blanks; "step 10" is short for "step >= 10".
  private static func comparison(_ words: [Substring]) throws(LessonProblem) -> LessonCondition {
    let text = words.joined(separator: " ")
    let name = text.prefix { !" <>=".contains($0) }
    guard let measure = LessonMeasure(rawValue: String(name)) else { throw .unknownCondition(text) }
    let rest = text.dropFirst(name.count).filter { $0 != " " }
    let sign = LessonComparison.allCases.first { rest.hasPrefix($0.rawValue) }
    guard let number = Double(rest.dropFirst(sign?.rawValue.count ?? 0)), !number.isNaN,
      sign != nil || measure == .step
    else { throw .notAComparison(text) }
    return .measure(measure, sign ?? .atLeast, number)
  }

  /// The action of a key, named as in the help panel; arrows also as words.
  private static func action(ofKey name: String) -> Action? {
    let arrows = ["right": "→", "left": "←", "up": "↑", "down": "↓"]
    let shown = arrows[name.lowercased()] ?? name
    return KeyMap.bindings.first { binding in
      binding.shown.split(separator: " ").contains { $0 == shown }
    }?.action
  }
}

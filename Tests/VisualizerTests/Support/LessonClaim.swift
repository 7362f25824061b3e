import Foundation

/// One sentence of a caption, with what a reader can check of it on the screen.
struct LessonClaim: Sendable {
  /// The numbers of the screen that a sentence speaks of, and whether they bear it out.
  struct Evidence {
    let figures: String
    let holds: Bool

    init(_ figures: String, _ holds: Bool) { (self.figures, self.holds) = (figures, holds) }
  }

  enum Check: Sendable {
    /// An instruction: the keys that play the lesson follow it, and the step ends.
    case instruction
    /// The reason why the sentence says nothing that the screen could contradict.
    case noClaim(String)
    case numbers(@Sendable (LessonPlayer.Step) throws -> Evidence)
  }

  /// The words with which the sentence begins.
  let start: String
  let check: Check

  /// A sentence about numbers on the screen.
  static func says(_ start: String, _ evidence: @escaping @Sendable (LessonPlayer.Step) throws -> Evidence)
    -> LessonClaim
  {
    LessonClaim(start: start, check: .numbers(evidence))
  }

  static func asks(_ start: String) -> LessonClaim { LessonClaim(start: start, check: .instruction) }

  static func explains(_ start: String, _ reason: String) -> LessonClaim {
    LessonClaim(start: start, check: .noClaim(reason))
  }

  /// The sentences of a caption. A point within a number or before a small letter ends none.
  static func sentences(_ caption: String) -> [String] {
    var sentences: [String] = []
    var rest = Substring(caption)
    while let end = rest.firstMatch(of: /[.?!]["”)]? (?=[^a-z])/) {
      sentences.append(rest[..<end.range.upperBound].trimmingCharacters(in: .whitespaces))
      rest = rest[end.range.upperBound...]
    }
    return rest.isEmpty ? sentences : sentences + [String(rest)]
  }
}

/// Every sentence of one step, on the screen and in plain mode.
struct LessonStepClaims: Sendable {
  let screen: [LessonClaim]
  /// The sentences of the plain wording that the caption does not have.
  let plain: [LessonClaim]

  init(_ screen: LessonClaim..., plain: [LessonClaim] = []) { (self.screen, self.plain) = (screen, plain) }
}

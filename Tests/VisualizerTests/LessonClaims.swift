import LMCore
import Presentation

@testable import Visualizer

/// What every sentence of every built-in lesson says, as a check of the numbers on its screens.
enum LessonClaims {
  typealias Evidence = LessonClaim.Evidence

  static let all = [
    "greedy-loops": greedyLoops, "temperature": temperature, "top-k-vs-top-p": topKVersusTopP,
    "nucleus": nucleus, "human-text": humanText, "beam-repeats": beamRepeats, "contrastive": contrastive,
    "min-p": minP,
    "one-percent": onePercent,
    "order-of-the-chain": orderOfTheChain,
    "temperature-with-min-p": temperatureWithMinP, "typical": typical, "penalties": penalties,
  ]

  static func percent(_ share: Double) -> String { NumberFormat.percent(share) }

  /// The rows and the tokens that are not listed have all the probability.
  @Sendable static func everythingSumsToOne(_ step: LessonPlayer.Step) throws -> Evidence {
    let (rows, tails) = (step.first.rows, step.first.tails)
    let sum = rows.map(\.before).reduce(0, +) + tails.map(\.before).reduce(0, +)
    return Evidence("all rows sum to \(percent(sum))", abs(sum - 1) < 0.005)
  }

  /// A row of the first screen: its share before the chain, and whether it was removed.
  static func share(_ label: String, _ step: LessonPlayer.Step, is expected: Double) throws -> Evidence {
    let row = try step.first.row(of: label)
    return Evidence("\(label) \(percent(row.before))", abs(row.before - expected) < 0.0005)
  }

  /// The number of kept tokens on the first screen.
  static func kept(_ expected: Int, _ step: LessonPlayer.Step) throws -> Evidence {
    Evidence("kept \(try step.first.kept)", try step.first.kept == expected)
  }

  /// Two tables agree in the rows that both have room for.
  static func sameRows<Value: Equatable>(
    _ one: LessonScreen, _ other: LessonScreen, _ value: (LessonScreen.Row) -> Value
  ) -> Bool {
    !one.rows.isEmpty && zip(one.rows, other.rows).allSatisfy { value($0) == value($1) }
  }

  /// The tokens that the author chose up to this step.
  static func authorsTokens(_ step: LessonPlayer.Step) throws -> [(label: String, share: Double)] {
    try step.earlier.flatMap(\.screens).map { screen in
      let author = try screen.author
      return (author.label, author.share)
    }
  }

  /// The first lesson's greedy text up to the end of the context: the mean of each copy of its loop.
  static let greedyToTheEnd = Result {
    let lesson = try Lesson.builtIn()[0]
    let model = try LoadedModel.load(.builtIn, threads: 1)
    var app = AppHarness(lesson: lesson, storyteller: model)
    app.press(.escape, .escape, .character("g"))
    while app.lane.decision != nil, app.lane.textIDs.count < 600 {
      app.pressUnanswered(.right)
      app.deliver()
    }
    let loop = LoopSummary(app.lane)
    // The last token is appended without being read.
    return (
      tokens: app.lane.textIDs.count - 1, isLooping: loop.loop != nil,
      means: loop.copyMeans(of: app.lane).compactMap(\.self)
    )
  }
}

extension LessonPlayer.Step {
  /// A report of plain mode in this step contains the words.
  func heard(_ words: String) -> LessonClaims.Evidence {
    let line = heard.last { $0.contains(words) }
    return LessonClaims.Evidence("plain: \(line ?? "no \"\(words)\"")", line != nil)
  }

  /// A row on each screen of the step.
  func allRows(of rank: Int) throws -> [LessonScreen.Row] { try screens.map { try $0.row(rank) } }
}

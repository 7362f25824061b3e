import LMCore

/// A guided tour: captions that say what to press and what to look at. Each stays until its condition is met.
///
/// Lessons are text files, described in Documentation/Lessons.md.
public struct Lesson: Equatable, Sendable {
  /// The name on the command line: the file's name without its extension.
  public let name: String
  public let title: String
  /// The model that the lesson was written for, where it names one.
  public let model: String?
  /// The part of the course that a built-in lesson belongs to; nil for another one.
  public internal(set) var part: String?
  /// At least one.
  let steps: [LessonStep]
  /// The text of the file.
  public let source: String

  public var stepCount: Int { steps.count }

  /// The scene at a step: the changes of this step and of all steps before it.
  func scene(at index: Int) -> LessonScene {
    steps[...index].reduce(into: LessonScene.opening) { scene, step in scene.change(to: step.scene) }
  }

  /// What its chains need of a server that tells `ranks` of V tokens: "logits", or how many ranks, "all"; nil where it tells
  /// enough.
  func missing(ranks: Int, of vocabularySize: Int) -> String? {
    let chains = steps.compactMap { $0.scene.settings.flatMap { try? SamplerChain($0) } }
    if chains.contains(where: \.needsLogits) { return "logits" }
    guard ranks < vocabularySize else { return nil }
    if chains.contains(where: \.needsAllTokens) { return "all" }
    return ranks < Self.usualRanks ? "about \(Self.usualRanks)" : nil
  }

  /// So many ranks hold the cuts and most of the draws that captions speak of.
  private static let usualRanks = 100

  /// The last step up to this one that changes the scene; nil where none does.
  func sceneStep(at index: Int) -> Int? { steps[...index].lastIndex { !$0.scene.isEmpty } }

  /// The values that the visualizer must be started with.
  public var opening: (prompt: Prompt, settings: SamplingSettings, seed: UInt64) {
    let scene = scene(at: 0)
    return (scene.prompt ?? .text(""), scene.settings ?? SamplingSettings(), scene.seed ?? 0)
  }
}

/// One caption, with the condition that ends it.
struct LessonStep: Equatable, Sendable {
  /// The changes when the step is reached.
  var scene = LessonScene()
  var caption: String
  /// Another wording for plain mode, where the caption speaks of what is only seen.
  var plain: String?
  /// The condition that ends the step; nil at the last step, whose caption stays.
  var until: LessonCondition?

  /// The caption in plain mode.
  var spoken: String { plain ?? caption }
}

/// Prompt, settings and seed that a step sets before its caption is shown; nil keeps the current value.
struct LessonScene: Equatable, Sendable {
  var prompt: Prompt?
  var settings: SamplingSettings?
  var seed: UInt64?

  /// The defaults of a lesson.
  static let opening = LessonScene(prompt: .text("Once upon a time"), settings: SamplingSettings(), seed: 42)

  var isEmpty: Bool { self == LessonScene() }
  /// True where a new text must be started; false where only the settings change.
  var startsOver: Bool { prompt != nil || seed != nil }

  mutating func change(to other: LessonScene) {
    prompt = other.prompt ?? prompt
    settings = other.settings ?? settings
    seed = other.seed ?? seed
  }
}

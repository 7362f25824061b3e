import LMCore

/// A guided tour: captions that say what to press and what to look at, each until the user has done it.
///
/// Lessons are text files, described in Documentation/Lessons.md.
public struct Lesson: Equatable, Sendable {
  /// How the command line calls it: the file's name without its ending.
  public let name: String
  public let title: String
  /// The model that the lesson was tried with, where it names one.
  public let model: String?
  /// At least one.
  let steps: [LessonStep]
  /// The file, as it was written.
  public let source: String

  public var stepCount: Int { steps.count }

  /// What the screen shows when the lesson reaches a step: everything that this step and those before it set.
  func scene(at index: Int) -> LessonScene {
    steps[...index].reduce(into: LessonScene.opening) { scene, step in scene.change(to: step.scene) }
  }

  /// The last step up to this one that sets something; nil where none does.
  func sceneStep(at index: Int) -> Int? { steps[...index].lastIndex { !$0.scene.isEmpty } }

  /// What the visualizer has to be started with.
  public var opening: (prompt: Prompt, settings: SamplingSettings, seed: UInt64) {
    let scene = scene(at: 0)
    return (scene.prompt ?? .text(""), scene.settings ?? SamplingSettings(), scene.seed ?? 0)
  }
}

/// One caption, and what ends it.
struct LessonStep: Equatable, Sendable {
  /// What the step sets when it is reached.
  var scene = LessonScene()
  var caption: String
  /// Nil at the last step: its words stay.
  var until: LessonCondition?
}

/// What a step sets before its caption is shown. Nil leaves as is.
struct LessonScene: Equatable, Sendable {
  var prompt: Prompt?
  var settings: SamplingSettings?
  var seed: UInt64?

  /// What a lesson begins with that sets nothing.
  static let opening = LessonScene(prompt: .text("Once upon a time"), settings: SamplingSettings(), seed: 42)

  var isEmpty: Bool { self == LessonScene() }
  /// The text begins anew, rather than that a knob is turned where it stands.
  var startsOver: Bool { prompt != nil || seed != nil }

  mutating func change(to other: LessonScene) {
    prompt = other.prompt ?? prompt
    settings = other.settings ?? settings
    seed = other.seed ?? seed
  }
}

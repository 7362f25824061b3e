import LMCore
import Visualizer

extension FuzzKind {
  /// A lesson file; one that is accepted opens a session.
  static let lesson = FuzzKind(
    "lesson",
    .lines(words: [
      "title: A", "model: gpt2", "prompt: Once", "score: a.txt", "settings: nucleus, temperature 0.5",
      "settings: no-repeat-ngram 9223372036854775807, top-k 0", "seed: 18446744073709551615",
      "until: any key",
      "until: key →", "until: step 10 and kept < 5", "until: loop", "until: entropy >= nan", "#", ":",
      "until:", "and",
      "order llama.cpp", "temperature inf", "eta 1e-400", "a: b",
    ]),
    seeds: ["greedy-loops", "human-text", "nucleus", "temperature", "top-k-vs-top-p"].map {
      SeedFiles.read("Sources/CLessons/Lessons/\($0).lesson")
    }
  ) { input, random in
    let lesson = try Lesson.parse(String(decoding: input, as: UTF8.self), path: "a/b.lesson") { _ in
      "Once. A fox."
    }
    try require(lesson.stepCount > 0 && !lesson.title.isEmpty, "a lesson without a title or a step")
    try require(lesson.name == "b", "a lesson has another name than its file")
    let opening = lesson.opening
    let session = try GenerationSession(
      predictor: LessonModel.make(), promptIDs: [1, 2], settings: opening.settings, seed: opening.seed)
    _ = try session.advance()
  }
}

private enum LessonModel {
  static func make() throws -> LocalPredictor {
    LocalPredictor(
      try Transformer.load(
        directory: SeedFiles.repository + "/Tests/LMCoreTests/Fixtures/Models/plain", threads: 1))
  }
}

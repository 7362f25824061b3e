import Foundation
import LMCore
import Presentation
import Testing

@testable import Visualizer

/// Every sentence of every built-in lesson, against the screen that it is read on: the lesson is played with the built-in
/// model in three windows, and the numbers are read from the picture's text. The figures are printed.
@Suite struct LessonClaimsTests {
  private static let sizes = [
    Size(columns: 80, rows: 24), Size(columns: 110, rows: 34), Size(columns: 200, rows: 50),
  ]
  private static let lessons = (try? Lesson.builtIn()) ?? []

  /// A new lesson, step or sentence without an entry fails, and so does an entry without a sentence.
  @Test(arguments: lessons.map(\.name))
  func everySentenceIsListed(name: String) throws {
    let lesson = try #require(Self.lessons.first { $0.name == name })
    let claims = try #require(LessonClaims.all[name], "no claims are listed for \(name)")
    #expect(claims.count == lesson.stepCount)
    for (index, step) in lesson.steps.enumerated() where claims.indices.contains(index) {
      let shown = LessonClaim.sentences(step.caption)
      let spoken = step.plain.map(LessonClaim.sentences)?.filter { !shown.contains($0) } ?? []
      expect(shown, are: claims[index].screen, "\(name) \(index + 1)")
      expect(spoken, are: claims[index].plain, "\(name) \(index + 1), plain")
    }
  }

  private func expect(_ sentences: [String], are claims: [LessonClaim], _ place: String) {
    #expect(sentences.count == claims.count, "\(place): \(sentences)")
    for (sentence, claim) in zip(sentences, claims) {
      #expect(sentence.hasPrefix(claim.start), "\(place)")
      if case .noClaim(let reason) = claim.check { #expect(!reason.isEmpty, "\(place): \(sentence)") }
    }
  }

  /// Plain mode has no bars, lines, colours and sides.
  @Test(arguments: lessons.map(\.name))
  func plainModeSpeaksOfWhatIsHeard(name: String) throws {
    let lesson = try #require(Self.lessons.first { $0.name == name })
    let seen =
      /\b(bars?|lines?|rows?|columns?|dotted|colou?rs?|marks?|marked|title|screen|look|watch|see|on the (left|right)|the (left|right))\b/
    for (index, step) in lesson.steps.enumerated() {
      let spoken = step.spoken.replacing("in a row", with: "")
      #expect(spoken.firstMatch(of: seen) == nil, "\(name) \(index + 1): \(step.spoken)")
    }
  }

  @Test(arguments: lessons.map(\.name))
  func theNumbersBearOutEverySentence(name: String) throws {
    let lesson = try #require(Self.lessons.first { $0.name == name })
    let claims = try #require(LessonClaims.all[name])
    let model = try LoadedModel.load(.builtIn, threads: 1)
    let played = try LessonPlayer.play(lesson, model)
    var table = ""
    for (index, step) in claims.enumerated() {
      for claim in step.screen + step.plain {
        var words: [String] = []
        var holds = true
        switch claim.check {
        case .instruction: words = ["instruction: followed by keys"]
        case .noClaim(let reason): words = ["no claim: \(reason)"]
        case .numbers(let evidence):
          for size in Self.sizes {
            let found = try evidence(played[index].on(size))
            let place = "\(name) \(index + 1), \(size.columns)x\(size.rows)"
            #expect(found.holds, "\(place): \"\(claim.start) …\" but \(found.figures)")
            holds = holds && found.holds
            if !words.contains(found.figures) { words.append(found.figures) }
          }
        }
        let figures = words.joined(separator: " | ")
        table += "\(name) \(index + 1)  \"\(claim.start)\"  \(figures)  \(holds ? "ok" : "WRONG")\n"
      }
    }
    print(table)
  }
}

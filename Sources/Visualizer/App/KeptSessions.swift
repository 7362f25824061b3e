import LMCore
import Presentation

/// The list of kept sessions.
struct KeptSessions: Equatable, Sendable {
  var entries: [KeptEntry]
  var chosen = 0
  var isConfirmingDeletion = false
}

extension KeptEntry {
  /// "41 steps", "41 steps of two texts"
  var steps: String {
    counted(session.stepCount, "step") + (session.lanes.count > 1 ? " of two texts" : "")
  }

  /// "12 min ago"
  var when: String { age.map { TimeText.ago(seconds: $0) } ?? "" }

  /// What the session's model is called: a folder or file by its name alone.
  var modelName: String {
    session.model.hasPrefix("/")
      ? session.model.split(separator: "/").last.map(String.init) ?? "/" : session.model
  }

  /// The beginning of the prompt, in quotes.
  func prompt(columns: Int, glyphs: GlyphSet) -> String {
    guard let prompt = session.prompt else { return counted(session.promptIDs.count, "id") }
    let line = PrintableToken.line(prompt, glyphs: glyphs)
    return "\"" + TextFit.fit(line, columns: max(columns - 2, 4), glyphs: glyphs) + "\""
  }
}

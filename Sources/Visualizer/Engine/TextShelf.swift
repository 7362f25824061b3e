import LMCore

/// A branch of a text of this run.
struct BranchID: Hashable, Sendable {
  /// The text's number on the shelf; nil for the text of the lane.
  var text: Int?
  /// The branch's end in the session's tree.
  var end: GenerationSession.Branch.ID

  init(_ end: GenerationSession.Branch.ID, ofText text: Int? = nil) { (self.end, self.text) = (end, text) }
}

/// The branches of one session, with its prompt.
struct WrittenText: Equatable, Sendable {
  /// The number on the shelf; nil for the text of the lane.
  var number: Int?
  var prompt: Prompt
  var promptIDs: [Int]
  /// The oldest first.
  var branches: [GenerationSession.Branch]
}

/// The texts of this run that are not on screen: those of earlier prompts, and of comparisons that were closed.
struct TextShelf {
  private struct Text {
    let number: Int
    let prompt: Prompt
    let session: GenerationSession
  }

  private var texts: [Text] = []
  private var lastNumber = 0

  /// The newest first.
  var written: [WrittenText] {
    texts.reversed().map {
      WrittenText(
        number: $0.number, prompt: $0.prompt, promptIDs: $0.session.promptIDs, branches: $0.session.branches)
    }
  }

  /// Keeps a text that leaves the screen, unless nothing was written.
  mutating func add(_ session: GenerationSession, prompt: Prompt) {
    session.isInUse = false
    guard session.branchCount > 1 || !session.lineSteps.isEmpty else { return }
    lastNumber += 1
    texts.append(Text(number: lastNumber, prompt: prompt, session: session))
  }

  /// Takes a text off the shelf; nil where it is not there.
  mutating func take(_ number: Int) -> (prompt: Prompt, session: GenerationSession)? {
    guard let index = texts.firstIndex(where: { $0.number == number }) else { return nil }
    let text = texts.remove(at: index)
    text.session.isInUse = true
    return (text.prompt, text.session)
  }

  func rename(_ branch: BranchID, to name: String?) {
    session(of: branch)?.rename(branch: branch.end, to: name)
  }

  /// Deletes a branch; with its last branch the whole text.
  mutating func delete(_ branch: BranchID) {
    guard let session = session(of: branch) else { return }
    guard let other = session.branches.first(where: { $0.id != branch.end }) else {
      texts.removeAll { $0.number == branch.text }
      return
    }
    session.goTo(branch: other.id)
    session.delete(branch: branch.end)
  }

  private func session(of branch: BranchID) -> GenerationSession? {
    texts.first { $0.number == branch.text }?.session
  }
}

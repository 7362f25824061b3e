import LMCore
import Presentation

/// The text of a lane, and what it is called.
struct LaneText {
  let state: AppState
  /// The lane's index in the state.
  let index: Int
  let appearance: Appearance

  private var lane: LaneSnapshot { state.lanes[index] }

  /// The sampler chain; for a followed text its author.
  func strategy(columns: Int) -> String {
    guard index > 0 || lane.following.isEmpty else { return "author" }
    let mark = state.showsEarlierSettings(lane: index) ? "earlier: " : ""
    let chain = ChainDescription(state.settings[index], glyphs: appearance.glyphs)
    return mark + chain.fitting(columns - mark.count)
  }

  /// The prompt, and the tokens of the steps up to the shown one, which is marked.
  var tokens: [TextPanelToken] { tokens(upTo: lane.depth, marking: lane.depth - 1) }

  /// The prompt, and the tokens of all steps, those ahead of the shown one in grey.
  ///
  /// - Parameter cursor: the step that is marked.
  func wholeTokens(cursor: Int) -> [TextPanelToken] {
    var tokens = tokens(upTo: lane.steps.count, marking: cursor)
    for index in tokens.indices.dropFirst(lane.promptIDs.count + lane.depth) {
      tokens[index].tint = appearance.theme[.dim]
    }
    return tokens
  }

  private func tokens(upTo depth: Int, marking marked: Int) -> [TextPanelToken] {
    let ids = lane.promptIDs + lane.steps[..<depth].map(\.id)
    let pieces = state.card?.pieces(of: ids) ?? Array(repeating: [], count: ids.count)
    let marks = ids.map { state.card?.isSpecial($0) == true ? TextPanelToken.Marks.special : [] }
    let prompt = lane.promptIDs.indices.map {
      TextPanelToken(bytes: pieces[$0], origin: .prompt, marks: marks[$0])
    }
    let generated = lane.steps[..<depth].enumerated().map { index, step in
      let place = prompt.count + index
      var token = TextPanelToken(bytes: pieces[place], origin: .generated, marks: marks[place])
      token.tint = state.text.scale.step(of: step).map(appearance.theme.scale)
      if step.isForced, index >= lane.followedCount { token.marks.insert(.forced) }
      if index == marked { token.marks.insert(.newest) }
      if index == state.firstDivergence { token.marks.insert(.divergence) }
      return token
    }
    return prompt + generated
  }

  /// The tokens with the run that DRY found twice marked: at the end of the text, and where it stood before.
  func markingMatch(_ tokens: [TextPanelToken]) -> [TextPanelToken] {
    guard let match = lane.dryMatch, match.end <= tokens.count else { return tokens }
    var tokens = tokens
    for index in Array(tokens.indices.suffix(match.length)) + Array(match.end - match.length..<match.end) {
      tokens[index].marks.insert(.match)
    }
    return tokens
  }
}

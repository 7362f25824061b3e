import LMCore
import Presentation

/// The first line: model, step, context, seed, and the sampler chain.
struct TitleView {
  let state: AppState
  let glyphs: GlyphSet

  /// Step, chain and seed, which repeat a run, have the highest priorities; the model's size is dropped first. The chain is
  /// shortened step by step, and never dropped.
  var bar: StatusBar {
    var segments = [StatusSegment("gpt2-viz", role: .title, priority: 3, side: .left)]
    if state.isReplay { segments.append(StatusSegment("replay", role: .warn, priority: 11, side: .left)) }
    guard let card = state.card else { return StatusBar(segments: segments) }
    segments.append(StatusSegment(card.name, role: .title, priority: 4, side: .left))
    // A server may not tell it.
    let size = card.parameterCount > 0 ? NumberFormat.abbreviated(card.parameterCount) : "server"
    if card.dtype == Precision.int8.rawValue {
      // 8 bits change the results, so the type has a higher priority than the size.
      segments.append(StatusSegment(size, role: .status, priority: 1, side: .left))
      segments.append(StatusSegment(card.dtype, role: .status, priority: 7, side: .left))
    } else {
      let parts = [size, card.dtype].filter { !$0.isEmpty }
      segments.append(StatusSegment(parts.joined(separator: " "), role: .status, priority: 1, side: .left))
    }
    guard let lane = state.focusedLane else { return StatusBar(segments: segments) }
    if state.beamWindow != nil, let beams = state.beams {
      return StatusBar(segments: segments + self.segments(of: beams))
    }
    if state.contrastiveWindow != nil, let search = state.contrastive {
      return StatusBar(segments: segments + self.segments(of: search, card))
    }
    segments += [
      StatusSegment("step \(lane.depth)", role: .status, priority: 10, side: .left),
      StatusSegment(context(of: lane, card), role: .status, priority: 2, side: .left),
      StatusSegment(seed(of: lane), role: .status, priority: 8, side: .left),
    ]
    if state.focus == 0, let place = FollowedTextView(lane: lane, state: state).place {
      segments.append(StatusSegment(place, role: .status, priority: 6, side: .left))
    }
    if state.play.isRunning {
      let speed = NumberFormat.fixed(state.play.speed, decimals: state.play.speed < 1 ? 2 : 0)
      segments.append(
        StatusSegment("\(glyphs.pointerRight) \(speed)/s", role: .good, priority: 5, side: .left))
    }
    let isEarlier = !state.isComparing && state.showsEarlierSettings(lane: state.focus)
    if isEarlier { segments.append(StatusSegment("earlier:", role: .warn, priority: 12, side: .right)) }
    let chain = StatusSegment(chain(beside: segments), role: .title, priority: 12, side: .right)
    return StatusBar(segments: segments + [chain])
  }

  /// Its step, and how it runs.
  private func segments(of beams: BeamSnapshot) -> [StatusSegment] {
    let search = beams.search
    let seed = search.settings.draws ? "seed \(search.settings.seed)" : ""
    let step = "step \(search.depth)/\(search.limit)"
    let room = state.size.columns - 4 - CellWidth.width(of: step)
    let text = BeamDescription.text(search.settings, columns: room, glyphs: glyphs)
    return [
      StatusSegment(step, role: .status, priority: 10, side: .left),
      StatusSegment(seed, role: .status, priority: 8, side: .left),
      StatusSegment(text, role: .title, priority: 12, side: .right),
    ]
  }

  private func segments(of search: ContrastiveSnapshot, _ card: ModelCard) -> [StatusSegment] {
    let text = ContrastiveDescription.text(search.settings, glyphs: glyphs)
    return [
      StatusSegment("step \(search.depth)", role: .status, priority: 10, side: .left),
      StatusSegment(
        "ctx \(search.textIDs.count)/\(card.contextLength)", role: .status, priority: 2, side: .left),
      StatusSegment(text, role: .title, priority: 12, side: .right),
    ]
  }

  /// The last token of a full context is never read, so a text can be one longer than the context.
  private func context(of lane: LaneSnapshot, _ card: ModelCard) -> String {
    let used = lane.promptIDs.count + lane.depth
    guard card.tellsContextLength else { return "ctx \(used)" }
    return used > card.contextLength ? "ctx full" : "ctx \(used)/\(card.contextLength)"
  }

  /// The seed; all seeds that the text was drawn with, where it was changed.
  private func seed(of lane: LaneSnapshot) -> String {
    var seeds: [UInt64] = []
    for draw in lane.steps[..<lane.depth].map(\.draw) + [lane.draw] where seeds.last != draw.seed {
      seeds.append(draw.seed)
    }
    return "seed " + seeds.map(String.init).joined(separator: ", then ")
  }

  /// The longest form that leaves room for the model, the step and the seed, or for the step alone.
  private func chain(beside segments: [StatusSegment]) -> String {
    let chain = ChainDescription(state.settings[state.focus], glyphs: glyphs)
    let room = state.size.columns - 2
    func columns(from priority: Int) -> Int {
      segments.filter { $0.priority >= priority }.reduce(0) { $0 + CellWidth.width(of: $1.text) + 2 }
    }
    let wide = room - columns(from: 8)
    if state.isComparing {
      // A lane's own title may have no room for the whole of it.
      let whole = "compare \(glyphs.dot) \(LaneName.of(state.focus)) \(chain.brief)"
      let isAuthor = state.focus == 0 && state.focusedLane?.following.isEmpty == false
      return isAuthor || CellWidth.width(of: whole) > wide ? "compare" : whole
    }
    if CellWidth.width(of: chain.text) <= min(wide, state.size.columns / 2 + 2) { return chain.text }
    if CellWidth.width(of: chain.brief) <= wide { return chain.brief }
    return chain.fitting(max(wide, room - columns(from: 10)))
  }
}

import LMCore

/// Mouse actions. Each has an equivalent key.
extension AppState {
  private static let linesPerTurn = 3

  /// - Parameter target: the target in the picture on screen; the state may have changed since.
  mutating func updateMouse(_ action: MouseAction, on target: ScreenTarget?) -> [AppEffect] {
    guard let target, let lane = target.lane, lanes.indices.contains(lane) else { return [] }
    switch action {
    case .press: return click(target)
    case .wheelUp: turnWheel(over: target, by: -Self.linesPerTurn)
    case .wheelDown: turnWheel(over: target, by: Self.linesPerTurn)
    case .release:
      defer { table.isDraggingCut = false }
      if table.isDraggingCut, case .rank(let rank, lane: focus) = target { return moveCut(below: rank) }
    }
    return []
  }

  /// Sets the binding filter (top-k or top-p) so that the cut falls below this rank.
  private mutating func moveCut(below rank: Int) -> [AppEffect] {
    guard let distribution = focusedLane?.shownDistribution, rank <= distribution.knownRanks else {
      return []
    }
    var turned = settings[focus]
    switch distribution.bindingFilter {
    case .topK: turned.topK = rank
    case .topP:
      let comesFirst = turned.order.runs(.temperature, before: .topP) && turned.temperature > 0
      turned.topP =
        distribution.belief.topP(keeping: rank, temperature: comesFirst ? turned.temperature : 1)
        ?? turned.topP
    default:
      message = "only the cut of top-k or top-p can be dragged"
      return []
    }
    return turn(to: turned)
  }

  /// Chooses a row, or goes to a step; a click on the other lane also focuses it.
  private mutating func click(_ target: ScreenTarget) -> [AppEffect] {
    if target.lane != focus { focusOtherLane() }
    switch target {
    case .rank(let rank, _):
      if rank <= focusedLane?.decision?.distribution.knownRanks ?? 0 { table.chosenRank = rank }
    case .cut:
      if abilities.contains(.sampler) {
        table.isDraggingCut = true
      } else {
        message = LaneAbility.sampler.refusal
      }
    case .token(let index, let lane): return go(toDepth: index + 1 - lanes[lane].promptIDs.count)
    case .step(let step, _): return go(toDepth: step + 1)
    case .text, .table, .lane, .chainRow, .chainPanel: break
    }
    return []
  }

  /// Goes to the step with this many generated tokens; the last of them is the one shown.
  private mutating func go(toDepth depth: Int) -> [AppEffect] {
    play.isRunning = false
    return ask(.jump(depth: max(depth, 0), isComparing ? .only(focus) : .all))
  }

  private mutating func turnWheel(over target: ScreenTarget, by lines: Int) {
    guard target.lane == focus else { return }
    switch target {
    case .token, .text: scrollText(by: lines)
    case .rank, .table, .cut: scrollTable(byRows: lines)
    case .step, .lane, .chainRow, .chainPanel: break
    }
  }
}

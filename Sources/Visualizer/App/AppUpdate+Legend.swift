/// The legend: one sign of the screen after another, each explained where it stands.
extension AppState {
  /// `take` clamps the number to those signs that are on screen.
  mutating func updateLegend(_ key: Key, number: Int) {
    switch key {
    case .right, .down, .tab, .enter, .character("l"), .character("j"), .character(" "),
      .mouse(.wheelDown, _):
      overlay = .legend(number: number + 1)
    case .left, .up, .backTab, .character("h"), .character("k"), .mouse(.wheelUp, _):
      overlay = .legend(number: max(number - 1, 0))
    case .home, .pageUp: overlay = .legend(number: 0)
    case .end, .pageDown: overlay = .legend(number: LegendSign.allCases.count - 1)
    case .mouse: break
    default: overlay = nil
    }
  }
}

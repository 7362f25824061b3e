import LMCore

/// The keys that change how the search runs.
extension AppState {
  /// Changes the settings; false for a key that means nothing.
  mutating func turnBeams(_ key: Key) -> Bool {
    switch key {
    case .character("["), .character(","):
      return turnWidth(by: -1)
    case .character("]"), .character("."):
      return turnWidth(by: 1)
    case .character("p"):
      guard let next = BeamWindow.penalties.last(where: { $0 < beamSettings.lengthPenalty }) else {
        return false
      }
      beamSettings.lengthPenalty = next
    case .character("P"):
      guard let next = BeamWindow.penalties.first(where: { $0 > beamSettings.lengthPenalty }) else {
        return false
      }
      beamSettings.lengthPenalty = next
    case .character("o"):
      guard beamSettings.stopsEarly else {
        message = "stochastic beams end when all of them have ended"
        return false
      }
      let all = BeamSettings.EarlyStopping.allCases
      let place = all.firstIndex(of: beamSettings.earlyStopping) ?? 0
      beamSettings.earlyStopping = all[(place + 1) % all.count]
    case .character("s"):
      let all = BeamSettings.Choice.allCases
      let place = all.firstIndex(of: beamSettings.choice) ?? 0
      beamSettings.choice = all[(place + 1) % all.count]
      if beamSettings.draws, let refusal = refusalOfDraws {
        (beamSettings.choice, message) = (.diverse, refusal)
      }
      guard beamSettings.choice == .diverse, !beamSettings.hasEqualGroups else { break }
      // One beam makes no groups.
      if beamSettings.width == 1 {
        beamSettings.choice = all[0]
      } else {
        beamSettings.groups = beamSettings.width
      }
    case .character("g"), .character("G"):
      guard beamSettings.choice == .diverse else { return false }
      let all = (2...beamSettings.width).filter { beamSettings.width.isMultiple(of: $0) }
      let next =
        key == .character("G")
        ? all.first { $0 > beamSettings.groups } : all.last { $0 < beamSettings.groups }
      guard let next else { return false }
      beamSettings.groups = next
    case .character("d"), .character("D"):
      guard beamSettings.choice == .diverse else { return false }
      let next =
        key == .character("D")
        ? BeamWindow.diversities.first { $0 > beamSettings.diversity }
        : BeamWindow.diversities.last { $0 < beamSettings.diversity }
      guard let next else { return false }
      beamSettings.diversity = next
    default: return false
    }
    return true
  }

  /// To the next number of beams on one side that the groups divide.
  private mutating func turnWidth(by side: Int) -> Bool {
    let width = beamSettings.width + side * (beamSettings.choice == .diverse ? beamSettings.groups : 1)
    guard BeamWindow.widths.contains(width) else { return false }
    beamSettings.width = width
    return true
  }
}

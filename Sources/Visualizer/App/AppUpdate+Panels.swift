/// The keys that open a panel or act on what one has found.
extension AppState {
  mutating func performPanel(_ action: Action) -> [AppEffect] {
    switch action {
    case .search: openSearch()
    case .nextMatch: nextMatch()
    case .presets: openPresets()
    case .branches: return openBranches()
    default: break
    }
    return []
  }
}

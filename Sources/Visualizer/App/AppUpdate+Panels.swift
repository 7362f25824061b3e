/// The keys that open a panel or act on what one has found.
extension AppState {
  mutating func performPanel(_ action: Action) {
    switch action {
    case .search: openSearch()
    case .nextMatch: nextMatch()
    case .presets: openPresets()
    default: break
    }
  }
}

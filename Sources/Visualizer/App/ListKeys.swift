extension Key {
  /// The entry of a list that a key leads to, from the chosen one; nil for a key that moves nothing in a list.
  func listEntry(from chosen: Int, of count: Int) -> Int? {
    switch self {
    case .down, .character("j"), .mouse(.wheelDown, _): min(chosen + 1, count - 1)
    case .up, .character("k"), .mouse(.wheelUp, _): max(chosen - 1, 0)
    case .home, .pageUp: 0
    case .end, .pageDown: count - 1
    default: nil
    }
  }
}

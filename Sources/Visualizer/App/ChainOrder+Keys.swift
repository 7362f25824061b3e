import LMCore

extension ChainOrder {
  /// What the screen calls it.
  var title: String {
    self == .huggingFace ? "transformers" : Self.allCases.contains(self) ? name : "your own"
  }

  /// Whether both stand in the order, the first before the second.
  func runs(_ first: StepName, before second: StepName) -> Bool {
    guard let place = steps.firstIndex(of: first), let other = steps.firstIndex(of: second) else {
      return false
    }
    return place < other
  }

  /// The next order with a name; behind an order of the user's own the first one.
  var next: ChainOrder {
    let place = Self.allCases.firstIndex(of: self).map { ($0 + 1) % Self.allCases.count }
    return Self.allCases[place ?? 0]
  }
}

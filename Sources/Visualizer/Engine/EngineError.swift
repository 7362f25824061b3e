/// What the engine refuses by itself.
enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Deleting this branch would take the text on screen away.
  case branchInUse

  var description: String {
    switch self {
    case .branchInUse: "the text on screen is part of this branch: go to another one before you delete it"
    }
  }
}

/// What the engine refuses by itself.
enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Deleting this branch would take the text on screen away.
  case branchInUse
  /// A saved session was taken up with a model that would have written another text.
  case otherModel
  /// A saved session asks for what this model does not have.
  case foreignSession(path: String, reason: String)

  var description: String {
    switch self {
    case .branchInUse: "the text on screen is part of this branch: go to another one before you delete it"
    case .otherModel:
      "this model would have written another text: the saved tokens it did not choose are marked as forced"
    case .foreignSession(let path, let reason):
      "the saved session \(path) does not fit this model: \(reason); open the model it was made with, or delete the file"
    }
  }
}

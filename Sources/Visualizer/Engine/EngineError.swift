import LMCore

/// An error of the engine itself.
enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The branch to delete holds the text on screen.
  case branchInUse
  /// A saved session was resumed with a model that would have written another text.
  case otherModel
  /// A saved session cannot be restored with this model, for instance because a token id is outside its vocabulary.
  case foreignSession(path: String, reason: String)
  /// Two models with other tokens cannot continue one prompt.
  case otherVocabulary(String, Int, than: String, Int)
  /// A trace is of one model.
  case traceOfTwoModels

  var description: String {
    switch self {
    case .branchInUse: "the text on screen is part of this branch: go to another one before you delete it"
    case .otherModel:
      "this model would have written another text: the saved tokens it did not choose are marked as forced"
    case .otherVocabulary(let name, let size, let first, let firstSize):
      "\(ForeignText.line(name)) has \(NumberFormat.grouped(size)) tokens and \(ForeignText.line(first)) \(NumberFormat.grouped(firstSize)): models of one vocabulary can be compared"
    case .traceOfTwoModels: "a trace holds texts of one model; leave the comparison first"
    case .foreignSession(let path, let reason):
      "the saved session \(path) does not fit this model: \(reason); open the model it was made with, or delete the file"
    }
  }
}

import LMCore

/// A prompt that shows the effect of truncation on one kind of distribution.
struct ExamplePrompt: Hashable, Sendable {
  let text: String
  private let shape: String
  private let finding: String

  static let all = [
    ExamplePrompt(
      text: "He took the", shape: "Broad",
      finding: "hundreds of tokens share 90 %, none has much. Top-k cuts good ones here."),
    ExamplePrompt(
      text: "I will give you my daughter in", shape: "Peaked",
      finding: "one token has most of it. Top-k keeps nonsense here, a nucleus does not."),
  ]

  /// What its distribution shows. It was measured with the built-in model, which is said where another one is open.
  func explanation(for card: ModelCard?) -> String {
    let isMeasured = card?.source == .builtIn
    return "\(shape)\(isMeasured ? "" : " (measured with \(BuiltInModel.name))"): \(finding)"
  }
}

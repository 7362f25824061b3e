/// A prompt that shows the effect of truncation on one kind of distribution.
struct ExamplePrompt: Hashable, Sendable {
  let text: String
  let explanation: String

  /// Measured with the built-in model; GPT-2's distributions have the same shapes.
  static let all = [
    ExamplePrompt(
      text: "He took the",
      explanation: "Broad: hundreds of tokens share 90 %, none has much. Top-k cuts good ones here."),
    ExamplePrompt(
      text: "I will give you my daughter in",
      explanation: "Peaked: one token has most of it. Top-k keeps nonsense here, a nucleus does not."),
  ]
}

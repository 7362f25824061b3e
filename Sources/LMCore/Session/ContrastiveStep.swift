/// A token that contrastive search has tried.
public struct ContrastiveCandidate: Hashable, Sendable {
  /// The token.
  public let id: Int
  /// p over the whole vocabulary, behind penalties and bans.
  public let probability: Double
  /// The largest cosine between its hidden state and one of the text, in -1...1.
  public let similarity: Double
  /// The position of that one, from 0, prompt included; ties: the first.
  public let nearest: Int
  /// (1 - alpha) p - alpha * similarity.
  public let score: Double

  /// The numbers under their names.
  public var json: JSON {
    [
      "id": JSON(id), "p": JSON(probability), "similarity": JSON(similarity), "nearest": JSON(nearest),
      "score": JSON(score),
    ]
  }
}

/// One step of contrastive search.
public struct ContrastiveStep: Hashable, Sendable {
  /// What was tried, the likeliest first.
  public let candidates: [ContrastiveCandidate]
  /// Which of them is chosen, from 0.
  public let place: Int
  /// The weight of the similarity.
  public let alpha: Double

  /// What is chosen.
  public var chosen: ContrastiveCandidate { candidates[place] }
  /// The id of the token that is chosen.
  public var id: Int { chosen.id }
}

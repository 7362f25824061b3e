/// The model's distributions at the places that a session was at last: stepping back and forth does not rank the logits again.
struct RecentBeliefs {
  /// Bytes of a token's logit, rank, score and sums in a complete belief.
  private static let bytesPerToken = 32
  private static let byteLimit = 48 << 20

  private let limit: Int
  /// The last used one is the last.
  private var entries: [(node: SessionTree.NodeID, belief: Belief)] = []

  init(vocabularySize: Int) {
    limit = min(max(Self.byteLimit / (Self.bytesPerToken * max(vocabularySize, 1)), 2), 64)
  }

  subscript(node: SessionTree.NodeID) -> Belief? { entries.last { $0.node == node }?.belief }

  /// Remembers the belief at a node, and forgets that of the node which was used least recently.
  mutating func note(_ belief: Belief, at node: SessionTree.NodeID) {
    entries.removeAll { $0.node == node }
    entries.append((node, belief))
    if entries.count > limit { entries.removeFirst() }
  }

  /// Lets it be read again.
  mutating func forget(_ node: SessionTree.NodeID) { entries.removeAll { $0.node == node } }
}

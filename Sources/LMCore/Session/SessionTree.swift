/// Every text that a session has visited, as a tree: the root is the prompt, each node one more token.
///
/// A value that asks no predictor. Nothing is removed by stepping back: a change of the past grows a new child
/// beside the old one, and the old one stays reachable.
struct SessionTree: Sendable {
  typealias NodeID = Int

  struct Node: Sendable {
    let parent: NodeID?
    /// How many tokens were generated to get here; 0 at the prompt.
    let depth: Int
    /// The decision that led here; nil at the prompt.
    let step: GenerationStep?
    /// What follows the text up to here; nil past the context's end.
    let prediction: Prediction?
    /// All tokens up to here are those of the text that the session follows.
    let isOnFollowedText: Bool
    /// What the next decision is made with.
    var settings: SamplingSettings
    /// The number drawn for the next decision, and the stream behind it.
    var draw: Draw
    var stream: DrawStream
    /// What steps of the sampler chain kept for the next decision.
    let memories: [StepName: StepMemory]
    var children: [NodeID] = []
    /// The child that stepping forward returns to; nil after a change that leads elsewhere.
    var redo: NodeID?
    /// A name that the user gave to the branch that ends here.
    var name: String?
  }

  /// Deleted nodes leave nil, so that ids stay valid.
  private(set) var nodes: [Node?]
  private(set) var cursor: NodeID = 0
  /// What is followed behind the prompt.
  let followedText: [Int]

  init(prediction: Prediction?, settings: SamplingSettings, seed: UInt64, following followedText: [Int] = [])
  {
    var stream = DrawStream(seed: seed)
    let draw = Draw(seed: seed, redraws: 0, u: stream.next(settings.seedLike))
    self.followedText = followedText
    nodes = [
      Node(
        parent: nil, depth: 0, step: nil, prediction: prediction, isOnFollowedText: true, settings: settings,
        draw: draw, stream: stream, memories: [:])
    ]
  }

  var current: Node {
    get { self[cursor] }
    set { self[cursor] = newValue }
  }

  subscript(id: NodeID) -> Node {
    get { nodes[id]! }
    set { nodes[id] = newValue }
  }

  // MARK: Moving

  mutating func move(to id: NodeID) {
    precondition(nodes.indices.contains(id) && nodes[id] != nil, "no such node")
    cursor = id
    // Stepping forward again from an ancestor must lead back here.
    var child = id
    while let parent = self[child].parent {
      self[parent].redo = child
      child = parent
    }
  }

  /// One step back; the way forward stays.
  mutating func moveBack() -> Bool {
    guard let parent = current.parent else { return false }
    cursor = parent
    return true
  }

  mutating func moveForward() -> Bool {
    guard let child = current.redo else { return false }
    cursor = child
    return true
  }

  /// The next token of the followed text; nil behind its end, and where another token has left it.
  var followedToken: Int? {
    guard current.isOnFollowedText, followedText.indices.contains(current.depth) else { return nil }
    return followedText[current.depth]
  }

  // MARK: Growing

  /// The child of the cursor that this very decision made before, if any. What made it says all; its numbers can differ where
  /// more ranks are known by now.
  func child(madeBy step: GenerationStep) -> NodeID? {
    current.children.first { self[$0].step.map { $0.isMade(like: step) } ?? false }
  }

  /// Appends a child for a decision and moves there. It inherits the settings and the next number.
  ///
  /// - Parameter keepsNumber: the decision took no number, so that the next one has it.
  mutating func grow(
    _ step: GenerationStep, prediction: Prediction?, memories: [StepName: StepMemory] = [:],
    keepsNumber: Bool = false
  ) {
    var stream = current.stream
    if keepsNumber { stream.skip(-1) }
    let draw = Draw(seed: current.draw.seed, redraws: 0, u: stream.next(current.settings.seedLike))
    var node = Node(
      parent: cursor, depth: current.depth + 1, step: step, prediction: prediction,
      isOnFollowedText: step.id == followedToken, settings: current.settings, draw: draw,
      stream: stream, memories: memories)
    // A branch that grows keeps its name: names stand at the ends.
    if current.children.isEmpty { swap(&node.name, &self[cursor].name) }
    nodes.append(node)
    self[cursor].children.append(nodes.count - 1)
    move(to: nodes.count - 1)
  }

  /// Where stepping forward leads after the next decision became `step`: to an equal child, or nowhere yet.
  mutating func pointRedo(at step: GenerationStep?) {
    self[cursor].redo = step.flatMap { child(madeBy: $0) }
  }

  // MARK: Reading

  /// The ids from the root's first child down to `id`, root excluded.
  func path(to id: NodeID) -> [NodeID] {
    var path: [NodeID] = []
    var node = id
    while let parent = self[node].parent {
      path.append(node)
      node = parent
    }
    return path.reversed()
  }

  /// The whole line the cursor stands on: the way here, and on along redo.
  var line: [NodeID] {
    var line = path(to: cursor)
    var node = cursor
    while let next = self[node].redo {
      line.append(next)
      node = next
    }
    return line
  }

  /// The ends of all branches, oldest first.
  var leaves: [NodeID] {
    nodes.indices.filter { nodes[$0] != nil && self[$0].children.isEmpty }
  }

  // MARK: Pruning

  /// Removes the nodes that only the branch ending in `leaf` has. Returns false (and does nothing) where the
  /// cursor stands on one of them, or the branch is the only one.
  mutating func deleteBranch(endingIn leaf: NodeID) -> Bool {
    var removed: [NodeID] = []
    var node = leaf
    while let parent = self[node].parent {
      removed.append(node)
      if self[parent].children.count > 1 { break }
      node = parent
    }
    guard let top = removed.last, let fork = self[top].parent, self[fork].children.count > 1,
      !removed.contains(cursor)
    else { return false }
    self[fork].children.removeAll { $0 == top }
    if self[fork].redo == top { self[fork].redo = nil }
    for id in removed { nodes[id] = nil }
    return true
  }
}

import LMCore

/// The branches of a session in tree order: each below its parent, one level deeper.
struct BranchTree: Equatable, Sendable {
  struct Row: Equatable, Sendable, Identifiable {
    let branch: GenerationSession.Branch
    /// The number of steps shared with the parent branch; 0 for the oldest branch.
    let fork: Int
    /// 0 for the oldest branch.
    let level: Int
    /// For each level from 1 to `level`: true where a later branch follows on it.
    let continues: [Bool]
    var id: Int { branch.id }

    /// The steps behind the fork.
    var ownSteps: ArraySlice<GenerationStep> { branch.steps[min(fork, branch.steps.count)...] }
  }

  private(set) var rows: [Row] = []

  /// - Parameter branches: the oldest first.
  init(_ branches: [GenerationSession.Branch]) {
    var children = [[Int]](repeating: [], count: branches.count)
    var forks = [Int](repeating: 0, count: branches.count)
    for index in branches.indices.dropFirst() {
      // The parent is the older branch with the longest common beginning; of equals the oldest.
      var parent = 0
      for older in 0..<index {
        let shared = zip(branches[older].steps, branches[index].steps).prefix { $0 == $1 }.count
        if older == 0 || shared > forks[index] { (parent, forks[index]) = (older, shared) }
      }
      children[parent].append(index)
    }
    func add(_ index: Int, level: Int, continues: [Bool]) {
      rows.append(Row(branch: branches[index], fork: forks[index], level: level, continues: continues))
      for child in children[index] {
        add(child, level: level + 1, continues: continues + [child != children[index].last])
      }
    }
    if !branches.isEmpty { add(0, level: 0, continues: []) }
  }
}

import LMCore

/// The branches of all texts of a run, grouped by prompt, in tree order: each below its parent, one level deeper.
struct BranchTree: Equatable, Sendable {
  struct Row: Equatable, Sendable, Identifiable {
    let id: BranchID
    let branch: GenerationSession.Branch
    /// The prompt of its group.
    let prompt: Prompt
    let promptIDs: [Int]
    /// The number of steps shared with the parent branch; 0 for the oldest branch.
    let fork: Int
    /// 0 for the oldest branch of the prompt.
    let level: Int
    /// For each level from 1 to `level`: true where a later branch follows on it.
    let continues: [Bool]

    /// True for the line of the cursor.
    var isCurrent: Bool { id.text == nil && branch.isCurrent }
    /// The steps behind the fork.
    var ownSteps: ArraySlice<GenerationStep> { branch.steps[min(fork, branch.steps.count)...] }
  }

  private(set) var rows: [Row] = []
  /// The number of prompts.
  private(set) var promptCount = 0

  /// - Parameter texts: those of the same prompt become one group, at the place of the first.
  init(_ texts: [WrittenText]) {
    var groups: [[WrittenText]] = []
    for text in texts where !text.branches.isEmpty {
      if let index = groups.firstIndex(where: { $0[0].promptIDs == text.promptIDs }) {
        groups[index].append(text)
      } else {
        groups.append([text])
      }
    }
    promptCount = groups.count
    for group in groups { add(group) }
  }

  private mutating func add(_ group: [WrittenText]) {
    let (prompt, promptIDs) = (group[0].prompt, group[0].promptIDs)
    let branches = group.flatMap { text in
      text.branches.map { (id: BranchID($0.id, ofText: text.number), branch: $0) }
    }
    var children = [[Int]](repeating: [], count: branches.count)
    var forks = [Int](repeating: 0, count: branches.count)
    for index in branches.indices.dropFirst() {
      // The parent is the older branch with the longest common beginning; of equals the oldest.
      var parent = 0
      for older in 0..<index {
        let shared = zip(branches[older].branch.steps, branches[index].branch.steps).prefix { $0 == $1 }.count
        if older == 0 || shared > forks[index] { (parent, forks[index]) = (older, shared) }
      }
      children[parent].append(index)
    }
    func add(_ index: Int, level: Int, continues: [Bool]) {
      rows.append(
        Row(
          id: branches[index].id, branch: branches[index].branch, prompt: prompt, promptIDs: promptIDs,
          fork: forks[index], level: level, continues: continues))
      for child in children[index] {
        add(child, level: level + 1, continues: continues + [child != children[index].last])
      }
    }
    add(0, level: 0, continues: [])
  }
}

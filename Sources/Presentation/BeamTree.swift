import LMCore

/// The last steps of a beam search as a tree: a column a step, a row for each text that lives, ended or died there.
package struct BeamTree {
  /// What became of the text of a row.
  package enum Leaf: Hashable, Sendable {
    /// A live beam, from 0.
    case live(Int)
    /// A finished text.
    case finished
    /// A beam of a step that no beam continues.
    case dead
  }

  package struct Cell: Hashable, Sendable {
    /// The line before the token: `┬`, `├`, `└`, `─`, `│` or blank.
    package var line: Character = " "
    /// nil where another row has it.
    package var id: Int?
  }

  package struct Row: Hashable, Sendable {
    package var leaf: Leaf
    package var cells: [Cell]
    /// What stands before the first column, in the first row of all texts that begin so; else nil.
    package var beginning: [Int]?
  }

  package let rows: [Row]

  /// - Parameters:
  ///   - search: behind the last of the steps.
  ///   - steps: the last ones, the oldest first; at least as many as columns, or all.
  ///   - columns: how many of the last steps are shown.
  ///   - limit: how many rows at most; live beams come first, then the texts that ended or died last.
  package init(_ search: BeamSearch, _ steps: [BeamStep], columns: Int, limit: Int) {
    let depth = search.depth
    let first = max(depth - max(columns, 1), 0)
    var leaves = search.live.enumerated().map { (ids: $1.ids, leaf: Leaf.live($0)) }
    var others: [(ids: [Int], leaf: Leaf)] = []
    for step in steps.reversed() {
      for candidate in step.candidates {
        if case .finished = candidate.fate {
          others.append((step.parents[candidate.parent].ids + [candidate.id], .finished))
        }
      }
      for (place, parent) in step.parents.enumerated()
      where step.survivors(of: place) == 0 && !parent.ids.isEmpty {
        others.append((parent.ids, .dead))
      }
    }
    let seen = others.filter { $0.ids.count > first }
    leaves += seen.prefix(max(limit - leaves.count, 0))
    var painter = Painter(first: first, width: depth - first)
    painter.paint(leaves)
    rows = painter.rows
  }

  /// The first live beam with the same text, which has the tokens of both in its row; nil where that is this beam itself. Two
  /// groups may have the same text.
  package static func twin(of place: Int, in search: BeamSearch) -> Int? {
    search.live.firstIndex { $0.ids == search.live[place].ids }.flatMap { $0 < place ? $0 : nil }
  }

  private struct Painter {
    let first: Int
    let width: Int
    var rows: [Row] = []

    /// Draws the texts: those that differ before the first column stand apart.
    mutating func paint(_ leaves: [(ids: [Int], leaf: Leaf)]) {
      var beginnings: [[Int]] = []
      for leaf in leaves where !beginnings.contains(Array(leaf.ids.prefix(first))) {
        beginnings.append(Array(leaf.ids.prefix(first)))
      }
      for beginning in beginnings {
        let row = rows.count
        paint(leaves.filter { $0.ids.starts(with: beginning) }, at: first)
        rows[row].beginning = beginning
      }
    }

    /// Draws the texts, which are equal before this position, from the next row on.
    mutating func paint(_ leaves: [(ids: [Int], leaf: Leaf)], at position: Int) {
      let column = position - first
      // Texts that end here have a row of their own only where nothing goes on.
      var groups: [(id: Int, leaves: [(ids: [Int], leaf: Leaf)])] = []
      for leaf in leaves where leaf.ids.count > position {
        if let place = groups.firstIndex(where: { $0.id == leaf.ids[position] }) {
          groups[place].leaves.append(leaf)
        } else {
          groups.append((leaf.ids[position], [leaf]))
        }
      }
      guard column < width, !groups.isEmpty else {
        // Two groups may have the same text, and each its beam.
        let live = leaves.filter { if case .live = $0.leaf { true } else { false } }
        for leaf in live.isEmpty ? leaves.prefix(1) : live[...] {
          rows.append(Row(leaf: leaf.leaf, cells: [Cell](repeating: Cell(), count: width)))
        }
        return
      }
      var heads: [Int] = []
      for group in groups {
        heads.append(rows.count)
        paint(group.leaves, at: position + 1)
        rows[heads[heads.count - 1]].cells[column].id = group.id
      }
      guard heads.count > 1, let last = heads.last else {
        rows[heads[0]].cells[column].line = column == 0 ? " " : "─"
        return
      }
      for row in heads[0]...last where heads.contains(row) || rows[row].cells[column].id == nil {
        rows[row].cells[column].line =
          row == heads[0] ? "┬" : row == last ? "└" : heads.contains(row) ? "├" : "│"
      }
    }
  }
}

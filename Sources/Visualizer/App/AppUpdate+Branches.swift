import LMCore

/// The list of all texts of this run, by prompt.
extension AppState {
  struct BranchBrowser: Equatable, Sendable {
    enum Mode: Equatable, Sendable {
      case choosing
      case naming(TextInput)
      case confirmingDeletion
    }

    /// The selected branch; nil until the list has arrived: then the current one is selected.
    var chosen: BranchID?
    var mode = Mode.choosing
  }

  mutating func openBranches() -> [AppEffect] {
    play.isRunning = false
    overlay = .branches(BranchBrowser())
    return ask(.listBranches(lane: focus))
  }

  var branchTree: BranchTree {
    guard let lane = focusedLane, let branches = lane.branches else { return BranchTree([]) }
    let own = WrittenText(prompt: prompt, promptIDs: lane.promptIDs, branches: branches)
    return BranchTree([own] + lane.otherTexts)
  }

  mutating func updateBranches(_ key: Key, _ browser: BranchBrowser) -> [AppEffect] {
    let rows = branchTree.rows
    guard !rows.isEmpty else {
      overlay = key == .escape ? nil : overlay
      return []
    }
    let index = browser.index(in: rows)
    switch browser.mode {
    case .choosing: return chooseBranch(key, rows, index)
    case .naming(let field): return nameBranch(key, rows[index], field)
    case .confirmingDeletion:
      overlay = .branches(BranchBrowser(chosen: rows[index].id))
      guard key == .character("y") else { return [] }
      let next = rows.indices.contains(index + 1) ? index + 1 : index - 1
      overlay = .branches(BranchBrowser(chosen: rows.indices.contains(next) ? rows[next].id : nil))
      return ask(.deleteBranch(rows[index].id, lane: focus))
    }
  }

  private mutating func chooseBranch(_ key: Key, _ rows: [BranchTree.Row], _ index: Int) -> [AppEffect] {
    if let next = key.listEntry(from: index, of: rows.count) {
      overlay = .branches(BranchBrowser(chosen: rows[next].id))
      return []
    }
    switch key {
    case .enter:
      overlay = nil
      // A text from the shelf brings its prompt.
      if rows[index].id.text != nil { prompt = rows[index].prompt }
      return ask(.goTo(branch: rows[index].id, lane: focus))
    case .character("n"):
      overlay = .branches(
        BranchBrowser(chosen: rows[index].id, mode: .naming(TextInput(rows[index].branch.name ?? ""))))
    case .character("d"):
      guard !rows[index].isCurrent else {
        message = "this is the text on screen: go to another branch before you delete it"
        return []
      }
      overlay = .branches(BranchBrowser(chosen: rows[index].id, mode: .confirmingDeletion))
    case .escape, .character("b"), .character("q"): overlay = nil
    default: break
    }
    return []
  }

  private mutating func nameBranch(_ key: Key, _ row: BranchTree.Row, _ field: TextInput) -> [AppEffect] {
    switch key {
    case .escape: overlay = .branches(BranchBrowser(chosen: row.id))
    case .enter:
      overlay = .branches(BranchBrowser(chosen: row.id))
      return ask(.renameBranch(row.id, name: field.text.isEmpty ? nil : field.text, lane: focus))
    default:
      var field = field
      _ = field.handle(key)
      overlay = .branches(BranchBrowser(chosen: row.id, mode: .naming(field)))
    }
    return []
  }
}

extension AppState.BranchBrowser {
  /// The index of the selected row; without a selection that of the current branch.
  func index(in rows: [BranchTree.Row]) -> Int {
    rows.firstIndex { $0.id == chosen } ?? rows.firstIndex(where: \.isCurrent) ?? 0
  }
}

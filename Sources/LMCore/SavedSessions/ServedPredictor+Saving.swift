extension ServedPredictor {
  /// What a saved session keeps of this server: its model, and the heads of the lines. A head that an earlier lane has is
  /// not kept again.
  public func saved(promptIDs: [Int], lanes: [SavedLane]) -> SavedServer {
    var server = SavedServer(
      model: identity.answerName, vocabularySize: profile.vocabularySize, kind: settings?.kind,
      name: settings?.model, tokenizerFolder: settings?.tokenizerFolder.map(FileSystem.absolute))
    for (place, lane) in lanes.enumerated() {
      let ids = lane.steps.map(\.id)
      var kept = heads.along(promptIDs + ids, from: promptIDs.count).map { $0?.withoutPieces }
      for earlier in lanes[..<place] {
        let common = zip(earlier.steps, ids).prefix { $0.id == $1 }.count
        for depth in 0...common { kept[depth] = nil }
      }
      server.heads.append(kept)
    }
    return server
  }

  /// Takes the heads of a saved session for answers, unless another model gave them.
  public func remember(_ session: SavedSession) {
    guard let server = session.server, server.model == identity.answerName,
      server.vocabularySize == profile.vocabularySize
    else { return }
    var ids: Set<Int> = []
    for (lane, kept) in zip(session.lanes, server.heads) {
      let text = session.promptIDs + lane.steps.map(\.id)
      ids.formUnion(text)
      for (depth, head) in kept.enumerated() {
        guard let head else { continue }
        heads[Array(text[..<(session.promptIDs.count + depth)])] = KeptHeads.Entry(head: head)
        ids.formUnion(head.ids.lazy.map(Int.init))
      }
    }
    let room = max(profile.contextLength - 1, 1)
    let unnamed = tokenizer?.unknown(ids.sorted()) ?? []
    for start in stride(from: 0, to: unnamed.count, by: room) {
      learnNames(Array(unnamed[start..<min(start + room, unnamed.count)])) { false }
    }
  }
}

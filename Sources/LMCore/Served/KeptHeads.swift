/// What a server told behind texts, by their ids. All beginnings of a text are found in one walk along it.
struct KeptHeads {
  struct Entry {
    var head: ServedHead?
    /// The server has told all that it tells.
    var isExhausted = false
  }

  private struct Edge: Hashable {
    let place: Int
    let id: Int
  }

  /// The place of a text in `entries`, by that of the text without its last token.
  private var places: [Edge: Int] = [:]
  private var entries = [Entry()]

  subscript(ids: [Int]) -> Entry {
    get { place(of: ids).map { entries[$0] } ?? Entry() }
    set { entries[makePlace(of: ids)] = newValue }
  }

  /// The heads behind the beginnings of a text, from that of `count` tokens to the whole of it.
  func along(_ ids: [Int], from count: Int) -> [ServedHead?] {
    var heads: [ServedHead?] = []
    var place: Int? = 0
    for length in 0...ids.count {
      if length >= count { heads.append(place.flatMap { entries[$0].head }) }
      guard length < ids.count else { break }
      place = place.flatMap { places[Edge(place: $0, id: ids[length])] }
    }
    return heads
  }

  private func place(of ids: [Int]) -> Int? {
    var place = 0
    for id in ids {
      guard let next = places[Edge(place: place, id: id)] else { return nil }
      place = next
    }
    return place
  }

  private mutating func makePlace(of ids: [Int]) -> Int {
    var place = 0
    for id in ids {
      let edge = Edge(place: place, id: id)
      if let next = places[edge] {
        place = next
      } else {
        entries.append(Entry())
        place = entries.count - 1
        places[edge] = place
      }
    }
    return place
  }
}

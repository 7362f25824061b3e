/// An editable line of text with a cursor.
struct TextInput: Hashable {
  private(set) var characters: [Character]
  /// The number of characters before the cursor.
  private(set) var cursor: Int
  /// The whole text is selected: typing replaces it, a move of the cursor keeps it.
  private(set) var isSelected: Bool

  init(_ text: String = "", isSelected: Bool = false) {
    characters = Array(text)
    cursor = characters.count
    self.isSelected = isSelected && !text.isEmpty
  }

  var text: String { String(characters) }

  /// Applies an editing key. Returns false for any other key; the owner handles Enter and Escape.
  mutating func handle(_ key: Key) -> Bool {
    let wasSelected = isSelected
    isSelected = false
    switch key {
    case .character, .paste, .backspace, .delete, .control("d"), .control("w"), .control("k"):
      if wasSelected { (characters, cursor) = ([], 0) }
    default: break
    }
    switch key {
    case .character(let scalar): insert(String(scalar))
    case .paste(let text): insert(text)
    case .left: cursor = max(cursor - 1, 0)
    case .right: cursor = min(cursor + 1, characters.count)
    case .home, .control("a"), .up: cursor = 0
    case .end, .control("e"), .down: cursor = characters.count
    case .backspace: remove(cursor - 1..<cursor)
    case .delete, .control("d"): remove(cursor..<cursor + 1)
    case .control("u"): remove(0..<cursor)
    case .control("k"): remove(cursor..<characters.count)
    case .control("w"): remove(startOfWord..<cursor)
    default: return false
    }
    return true
  }

  private mutating func insert(_ text: String) {
    // A combining mark joins the character before it, so the text is split into characters again.
    let before = String(characters[..<cursor]) + text
    let after = characters[cursor...]
    characters = Array(before + String(after))
    cursor = Array(before).count
  }

  private mutating func remove(_ range: Range<Int>) {
    let bounded = range.clamped(to: 0..<characters.count)
    characters.removeSubrange(bounded)
    cursor = min(bounded.lowerBound, characters.count)
  }

  private var startOfWord: Int {
    var start = cursor
    while start > 0, characters[start - 1].isWhitespace { start -= 1 }
    while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
    return start
  }
}

/// A line of the key table in words, for pages outside the screen.
package struct KeyDescription: Hashable, Sendable {
  /// As a person writes them: "→ l".
  package let keys: String
  package let what: String
  /// The heading it stands under.
  package let group: String

  /// All keys, in the order of the help panel.
  package static let all = KeyMap.bindings.map {
    KeyDescription(keys: $0.shown, what: $0.what, group: $0.group.rawValue)
  }
}

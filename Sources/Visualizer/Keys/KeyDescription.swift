/// A line of the key table in words, for pages outside the screen.
package struct KeyDescription: Hashable, Sendable {
  /// As a person writes them: "→ l".
  package let keys: String
  package let what: String
  /// The heading it stands under.
  package let group: String

  /// All keys, in the order of the help panel.
  package static let all = KeyMap.bindings.map { KeyDescription($0) }
  /// Those that a replay can serve.
  package static let ofReplay = KeyMap.offered(to: RecordedLane.abilities).map { KeyDescription($0) }

  private init(_ binding: KeyBinding) {
    (keys, what, group) = (binding.shown, binding.what, binding.group.rawValue)
  }
}

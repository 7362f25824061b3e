/// A line of the key table as text, for the manual page and the README.
package struct KeyDescription: Hashable, Sendable {
  /// The keys as documentation writes them: "→ l".
  package let keys: String
  package let what: String
  /// The heading it stands under.
  package let group: String

  /// All keys, in the order of the help panel.
  package static let all = KeyMap.bindings.map { KeyDescription($0) }
  /// The keys that work in a replay.
  package static let ofReplay = KeyMap.offered(to: []).map { KeyDescription($0) }

  private init(_ binding: KeyBinding) {
    (keys, what, group) = (binding.shown, binding.what, binding.group.rawValue)
  }
}

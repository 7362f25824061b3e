/// What the lanes of a comparison are called.
package enum LaneName {
  /// A, B
  package static func of(_ lane: Int) -> String { lane == 0 ? "A" : "B" }
}

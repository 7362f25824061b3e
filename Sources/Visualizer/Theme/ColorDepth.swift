/// The number of colours of a screen. Without colours, bold, underline and reverse distinguish the roles.
package enum ColorDepth: Comparable, Sendable {
  case none, eight, sixteen, xterm256

  package init(colors: Int) {
    self = colors >= 256 ? .xterm256 : colors >= 16 ? .sixteen : colors >= 8 ? .eight : .none
  }
}

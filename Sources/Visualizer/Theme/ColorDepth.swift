/// How many colours a screen has. With none, bold, underline and reverse carry what colour would.
package enum ColorDepth: Comparable, Sendable {
  case none, eight, sixteen, xterm256

  package init(colors: Int) {
    self = colors >= 256 ? .xterm256 : colors >= 16 ? .sixteen : colors >= 8 ? .eight : .none
  }
}

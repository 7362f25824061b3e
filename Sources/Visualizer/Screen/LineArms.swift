import Presentation

/// The directions in which a line leaves a cell. Two lines that meet in a cell unite their arms: that makes ├ ┤ ┬ ┴ ┼.
struct LineArms: OptionSet, Hashable {
  let rawValue: Int

  static let up = LineArms(rawValue: 1)
  static let down = LineArms(rawValue: 2)
  static let left = LineArms(rawValue: 4)
  static let right = LineArms(rawValue: 8)
  static let horizontal: LineArms = [.left, .right]
  static let vertical: LineArms = [.up, .down]

  /// The characters by raw value. A single arm is drawn as a whole line.
  private static let lines: [Unicode.Scalar] = Array(" │││─┘┐┤─└┌├─┴┬┼".unicodeScalars)

  init(rawValue: Int) { self.rawValue = rawValue }

  /// The arms of a line character; none for any other character.
  init(of scalar: Unicode.Scalar, glyphs: GlyphSet) {
    switch (glyphs, scalar) {
    case (.blocks, "│"), (.ascii, "|"): self = .vertical
    case (.blocks, "─"), (.ascii, "-"): self = .horizontal
    // The arms of an ASCII corner are not known, but a corner with any additional line is still "+".
    case (.ascii, "+"): self = [.vertical, .horizontal]
    case (.blocks, _): self.init(rawValue: Self.lines.firstIndex(of: scalar) ?? 0)
    default: self = []
    }
  }

  func scalar(_ glyphs: GlyphSet) -> Unicode.Scalar {
    if glyphs == .blocks { return Self.lines[rawValue] }
    if isDisjoint(with: .vertical) { return "-" }
    return isDisjoint(with: .horizontal) ? "|" : "+"
  }
}

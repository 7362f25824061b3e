/// A colour of the terminal's palette, or the terminal's default colour.
package enum Color: Hashable, Sendable {
  case terminal
  /// 0...7 are the ANSI colours, 8...15 the bright ones, 16...255 those of xterm.
  case indexed(UInt8)
}

/// The colours and attributes of a cell.
package struct Style: Hashable, Sendable {
  package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let underline = Attributes(rawValue: 4)
    package static let reverse = Attributes(rawValue: 8)
  }

  package var foreground: Color
  package var background: Color
  package var attributes: Attributes

  package static let plain = Style()

  package init(
    _ foreground: Color = .terminal, on background: Color = .terminal, _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  package func adding(_ more: Attributes) -> Style {
    Style(foreground, on: background, attributes.union(more))
  }

  /// This style on top of another: its own colours where it has any, the attributes of both.
  package func merged(over base: Style) -> Style {
    Style(
      foreground == .terminal ? base.foreground : foreground,
      on: background == .terminal ? base.background : background,
      attributes.union(base.attributes))
  }
}

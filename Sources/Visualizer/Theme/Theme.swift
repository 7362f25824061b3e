import Presentation

/// The styles of all roles, for each kind of background and each colour depth. The background is the terminal's own.
///
/// No meaning depends on colour alone: without colours, roles that can be neighbours differ in their attributes, or in
/// their signs.
struct Theme: Hashable, Sendable {
  enum Variant: Hashable, Sendable {
    case dark, light
    /// For a background that is not known.
    case neutral
    /// The terminal's own two colours, with bold, underline and reverse.
    case highContrast

    init(_ background: Background) { self = background == .dark ? .dark : .light }

    /// - Parameter background: what is known of the terminal; for `auto`.
    init(_ choice: ThemeChoice, on background: Background?) {
      switch choice {
      case .auto: self = background.map { Variant($0) } ?? .neutral
      case .dark: self = .dark
      case .light: self = .light
      case .highContrast: self = .highContrast
      }
    }
  }

  let depth: ColorDepth
  let variant: Variant

  init(depth: ColorDepth, variant: Variant = .neutral) {
    (self.depth, self.variant) = (depth, variant)
  }

  /// Whether text has colours. With eight or sixteen it has none: each terminal has its own, and some cannot be read.
  var hasTextColors: Bool { depth == .xterm256 && variant != .highContrast }

  subscript(_ role: ThemeRole) -> Style {
    switch role {
    case .prompt: text(\.muted, none: [])
    case .generated, .text: .plain
    case .newest: text(\.after, [.bold, .reverse], none: [.bold, .reverse])
    case .forced: text(\.forced, [.bold, .underline], none: [.bold, .underline])
    case .loop: text(\.cut, [.underline], none: [.underline])
    case .match: text(\.curve, [.underline], none: [.underline, .reverse])
    case .divergence: text(\.after, [.bold, .underline], none: [.bold, .underline, .reverse])
    case .barBefore, .sparkline: bar(\.before, onDark: 6, onLight: 4, none: [])
    case .barAfter: bar(\.after, onDark: 3, onLight: 1, none: [.bold])
    case .removed: text(\.muted, none: [.dim])
    case .cutoff: text(\.cut, [.bold], none: [.bold])
    case .curve: text(\.curve, none: [])
    case .threshold: text(\.cut, none: [])
    case .chosenRow: text(\.after, [.bold], none: [.bold])
    case .selection: Style(.terminal, on: .terminal, .reverse)
    case .title: Style(.terminal, on: .terminal, .bold)
    case .frame: text(\.faint, none: [.dim])
    case .focusedFrame: text(\.before, [.bold], none: [.bold])
    case .dim: text(\.muted, none: [.dim])
    case .strong: Style(.terminal, on: .terminal, .bold)
    case .status: .plain
    case .key: text(\.before, [.bold], none: [.bold])
    case .good: text(\.curve, [.bold], none: [.bold])
    case .warn: text(\.after, [.bold], none: [.bold])
    case .cursor: text(\.after, [.bold], none: [.reverse])
    case .overlay: .plain
    }
  }

  /// The style of a step of the text's scale, from 0 (expected) to 4 (surprising).
  func scale(_ step: Int) -> Style {
    let step = min(max(step, 0), 4)
    let plain: [Style.Attributes] = [[], .underline, .bold, [.bold, .underline], .reverse]
    guard hasTextColors else { return Style(.terminal, on: .terminal, plain[step]) }
    // The neutral colours of steps 0 and 1, 1 and 3, 2 and 3 are too near to each other for some eyes.
    let neutral: [Style.Attributes] = [[], .bold, [], .underline, []]
    return Style(
      .indexed(palette.steps[step]), on: .terminal, variant == .neutral ? neutral[step] : [])
  }

  private var palette: ColorPalette {
    switch variant {
    case .dark: .dark
    case .light: .light
    case .neutral, .highContrast: .neutral
    }
  }

  /// - Parameter none: the attributes where text has no colours.
  private func text(
    _ color: KeyPath<ColorPalette, UInt8>, _ attributes: Style.Attributes = [], none: Style.Attributes
  ) -> Style {
    guard hasTextColors else {
      return Style(.terminal, on: .terminal, variant == .highContrast ? none.subtracting(.dim) : none)
    }
    return Style(.indexed(palette[keyPath: color]), on: .terminal, attributes)
  }

  /// A bar, which is no text: with eight or sixteen colours it has one of them where the background is known.
  private func bar(
    _ color: KeyPath<ColorPalette, UInt8>, onDark: UInt8, onLight: UInt8, none: Style.Attributes
  ) -> Style {
    switch (depth, variant) {
    case (.eight, .dark), (.sixteen, .dark): Style(.indexed(onDark))
    case (.eight, .light), (.sixteen, .light): Style(.indexed(onLight))
    default: text(color, none: none)
    }
  }
}

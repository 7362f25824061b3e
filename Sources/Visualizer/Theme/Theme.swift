/// The styles of all roles, for each colour depth. The background is the terminal's own, light or dark.
///
/// Series have Okabe and Ito's colours (blue, orange, green, vermilion, purple), which people with any common kind of
/// colour vision can distinguish. No meaning depends on colour alone: without colours, roles that can be neighbours
/// differ in their attributes.
struct Theme: Hashable, Sendable {
  let depth: ColorDepth

  init(depth: ColorDepth) { self.depth = depth }

  subscript(_ role: ThemeRole) -> Style {
    switch role {
    case .prompt: pick(244, 7, none: [])
    case .generated, .text: .plain
    case .newest: pick(214, 3, [.bold, .reverse], none: [.bold, .reverse])
    case .forced: pick(175, 5, [.bold, .underline], none: [.bold, .underline])
    case .loop: pick(166, 1, [.underline], none: [.underline])
    case .divergence: pick(214, 3, [.bold, .underline], none: [.bold, .underline, .reverse])
    case .barBefore: pick(39, 4, none: [])
    case .barAfter: pick(214, 3, none: [.bold])
    case .removed: pick(242, 4, [.dim], plainDim: true, none: [.dim])
    case .cutoff: pick(166, 1, [.bold], none: [.bold])
    case .curve: pick(36, 2, none: [])
    case .threshold: pick(166, 1, none: [])
    case .chosenRow: pick(214, 3, [.bold], none: [.bold])
    case .selection: Style(.terminal, on: .terminal, .reverse)
    case .title: Style(.terminal, on: .terminal, .bold)
    case .frame: pick(240, 7, [], plainDim: true, none: [.dim])
    case .focusedFrame: pick(39, 6, [.bold], none: [.bold])
    case .dim: pick(244, 7, [], plainDim: true, none: [.dim])
    case .strong: Style(.terminal, on: .terminal, .bold)
    case .status: .plain
    case .key: pick(39, 6, [.bold], none: [.bold])
    case .good: pick(36, 2, [.bold], none: [.bold])
    case .warn: pick(214, 3, [.bold], none: [.bold])
    case .sparkline: pick(67, 6, none: [])
    case .cursor: pick(214, 3, [.bold], none: [.reverse])
    case .overlay: .plain
    }
  }

  /// The style of a step of the text's scale, from 0 (expected) to 4 (surprising).
  ///
  /// In normal, protan, deutan and tritan vision any two of the 256-colour steps have a CIELAB distance of at least 28,
  /// and each is readable on black and on white.
  func scale(_ step: Int) -> Style {
    switch step {
    // Most tokens have this step. Cyan, since the blue of eight colours is too dark to read.
    case ...0: pick(27, 6, none: [])
    case 1: pick(36, 2, none: [.underline])
    case 2: pick(208, 3, none: [.bold])
    case 3: pick(160, 1, none: [.bold, .underline])
    default: pick(140, 5, none: [.reverse])
    }
  }

  /// - Parameters:
  ///   - xterm: the colour with 256 colours.
  ///   - ansi: the colour with eight or sixteen. White (7) means the terminal's own there: white is not readable on a
  ///     light background.
  ///   - plainDim: with eight or sixteen colours, the attribute dim replaces the colour.
  private func pick(
    _ xterm: UInt8, _ ansi: UInt8, _ attributes: Style.Attributes = [], plainDim: Bool = false,
    none: Style.Attributes
  ) -> Style {
    switch depth {
    case .xterm256:
      return Style(.indexed(xterm), on: .terminal, attributes.subtracting(.dim))
    case .eight, .sixteen:
      if plainDim { return Style(.terminal, on: .terminal, attributes.union(.dim)) }
      return Style(ansi == 7 ? .terminal : .indexed(ansi), on: .terminal, attributes)
    case .none:
      return Style(.terminal, on: .terminal, none)
    }
  }
}

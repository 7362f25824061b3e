import Presentation

/// The background that a report is made for.
enum ReportTheme: String, CaseIterable, Sendable {
  case light, dark
  /// Both: the reader's system decides.
  case auto
}

/// The colours of a report by meaning, on a light and on a dark background: those of the screen's themes.
///
/// A token stands on a tint of its rank's colour with a line below it, so that the letters keep their contrast.
struct ReportStyle {
  let theme: ReportTheme

  /// The colours of one background.
  struct Palette {
    let page, card, ink, muted, hairline, track: RGB
    let meanings: ColorPalette
    /// The opacity of a rank's colour behind a token.
    let tintOpacity: Double

    /// What is drawn in one of the screen's colours.
    func color(_ meaning: KeyPath<ColorPalette, UInt8>) -> RGB { RGB(xterm: meanings[keyPath: meaning]) }

    /// Tint and line of each step of ranks.
    var ranks: [(tint: RGB, line: RGB)] {
      meanings.steps.map { (RGB(xterm: $0).mixed(tintOpacity, over: card), RGB(xterm: $0)) }
    }
  }

  static let light = Palette(
    page: RGB(0xF5F5F2), card: RGB(0xFFFFFF), ink: RGB(0x1C2027), muted: RGB(0x5D6775),
    hairline: RGB(0xE2E4E6), track: RGB(0xF1F2F3), meanings: .light, tintOpacity: 0.2)
  static let dark = Palette(
    page: RGB(0x0E1114), card: RGB(0x161A1F), ink: RGB(0xE6E9ED), muted: RGB(0x97A1AE),
    hairline: RGB(0x2A3037), track: RGB(0x1D2228), meanings: .dark, tintOpacity: 0.3)

  /// The style sheet, for a page and for a picture alike: classes with plain colours, which any viewer knows.
  var sheet: String {
    switch theme {
    case .light: Self.common + Self.colours(Self.light)
    case .dark: Self.common + Self.colours(Self.dark)
    case .auto:
      // Print uses the light colours.
      Self.common + Self.colours(Self.light)
        + "@media screen and (prefers-color-scheme: dark) {\n\(Self.colours(Self.dark))}\n"
    }
  }

  private static let common = """
    text { font-family: system-ui, sans-serif; font-size: 13px; }
    .mono { font-family: ui-monospace, monospace; font-size: 13px; white-space: pre; }
    .story { font-family: ui-monospace, monospace; font-size: 16px; white-space: pre; }
    .small { font-size: 12px; }
    .strong { font-weight: 600; }
    .heading { font-size: 15px; font-weight: 600; }
    .headline { font-size: 24px; font-weight: 650; }
    .curve { fill: none; stroke-width: 1.25; }
    .threshold { stroke-width: 1; stroke-dasharray: 2 3; }
    .cutline { stroke-width: 1.5; stroke-dasharray: 5 4; }
    .line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
    .area { stroke: none; fill-opacity: .22; }
    .cursor { stroke-width: 1.25; }
    .ring { fill: none; stroke-width: 2; }
    .halo { paint-order: stroke; stroke-width: 4px; stroke-linejoin: round; }

    """

  private static func colours(_ palette: Palette) -> String {
    let (page, card, ink) = (palette.page.hex, palette.card.hex, palette.ink.hex)
    let (muted, hairline, track) = (palette.muted.hex, palette.hairline.hex, palette.track.hex)
    let (before, after) = (palette.color(\.before).hex, palette.color(\.after).hex)
    let (curve, cut) = (palette.color(\.curve).hex, palette.color(\.cut).hex)
    var sheet = """
      .ink { fill: \(ink); }
      .muted { fill: \(muted); }
      .page { fill: \(page); }
      .card { fill: \(card); }
      .edge { fill: \(card); stroke: \(hairline); }
      .hair { stroke: \(hairline); }
      .muteline { stroke: \(muted); stroke-opacity: .6; }
      .track { fill: \(track); }
      .before { fill: \(before); }
      .after { fill: \(after); }
      .removed { fill: \(muted); }
      .cut { fill: \(cut); }
      .cutline { stroke: \(cut); }
      .curve { stroke: \(curve); }
      .curvetext { fill: \(curve); }
      .threshold { stroke: \(cut); }
      .beforeline { stroke: \(before); }
      .beforefill { fill: \(before); }
      .afterfill { fill: \(after); }
      .curvefill { fill: \(curve); }
      .afterline { stroke: \(after); }
      .curveline { stroke: \(curve); }
      .looparea { fill: \(cut); fill-opacity: .1; }
      .loop { fill: \(cut); }
      .cursor { stroke: \(after); }
      .ring { stroke: \(ink); }
      .halo { stroke: \(card); }
      body { background: \(page); color: \(ink); }
      section { background: \(card); border-color: \(hairline); }
      th, td { border-color: \(hairline); }
      .meta, .legend, .prompt, footer { color: \(muted); }
      .meta b, .legend b { color: \(ink); }
      .chosen { outline-color: \(ink); }
      .sign { color: \(muted); }

      """
    for (index, rank) in palette.ranks.enumerated() {
      sheet += """
        .t\(index) { background: \(rank.tint.hex); box-shadow: inset 0 -2px \(rank.line.hex); }
        .r\(index) { fill: \(rank.tint.hex); }
        .u\(index) { fill: \(rank.line.hex); }

        """
    }
    // A token whose rank a server did not tell.
    let untold = palette.ranks.count
    return sheet + """
      .t\(untold) { background: \(track); box-shadow: inset 0 -2px \(hairline); }
      .r\(untold) { fill: \(track); }
      .u\(untold) { fill: \(muted); }

      """
  }

  /// The layout of an HTML page; a picture has none.
  static let page = """
    * { box-sizing: border-box; }
    body { margin: 0; padding: 32px 20px 48px; font: 15px/1.5 system-ui, sans-serif;
      -webkit-print-color-adjust: exact; print-color-adjust: exact; }
    main { max-width: 980px; margin: 0 auto; }
    h1 { font-size: 26px; line-height: 1.25; margin: 0 0 6px; font-weight: 650; overflow-wrap: anywhere; }
    h2 { font-size: 15px; margin: 0 0 14px; font-weight: 600; }
    header { margin: 0 4px 22px; }
    .meta { margin: 0; display: flex; flex-wrap: wrap; gap: 2px 22px; }
    section { border: 1px solid; border-radius: 12px; padding: 20px 24px; margin: 0 0 16px;
      break-inside: avoid; }
    svg { display: block; width: 100%; height: auto; overflow: visible; }
    .text { font-size: 18px; line-height: 1.95; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
    .text span { border-radius: 3px; padding: 2px 0 3px; -webkit-box-decoration-break: clone;
      box-decoration-break: clone; }
    .text .chosen { outline: 2px solid; outline-offset: 1px; }
    .text .forced { text-decoration: underline wavy; text-underline-offset: 5px; }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 18px 0 0; padding: 0;
      font-size: 13px; }
    .legend i { display: inline-block; width: 26px; height: 15px; border-radius: 3px; margin-right: 7px;
      vertical-align: -2px; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
    th, td { padding: 4px 8px; text-align: left; white-space: nowrap; border-bottom: 1px solid; }
    th { white-space: normal; vertical-align: bottom; }
    .n { text-align: right; }
    .measures th, .measures td { padding: 4px 6px; }
    .measures td:first-child { white-space: normal; }
    .wrap td { white-space: normal; vertical-align: top; }
    footer { margin: 20px 4px 0; font-size: 13px; }
    @media print { body { padding: 0; background: none; } section { border-radius: 6px; } }
    .narrow { display: none; max-width: 460px; }
    @media screen and (max-width: 640px) {
      body { padding: 18px 10px 32px; }
      h1 { font-size: 22px; }
      section { padding: 16px 12px; }
      .text { font-size: 16px; }
      .wide { display: none; }
      .narrow { display: block; }
    }

    """
}

/// The background that a report is made for.
enum ReportTheme: String, CaseIterable, Sendable {
  case light, dark
  /// Both: the reader's system decides.
  case auto
}

/// The colours of a report by meaning, on a light and on a dark background.
///
/// Okabe and Ito's hues, told apart by all common kinds of colour vision. The text's colours are GLTR's steps, drawn
/// as a tint behind the token and a line below it, so that the letters keep their contrast.
struct ReportStyle {
  let theme: ReportTheme

  private struct Palette {
    let page, card, ink, muted, hairline, track: String
    let before, after, cut, curve, loop: String
    /// Tint and line of each step of ranks.
    let ranks: [(tint: String, line: String)]
  }

  private static let light = Palette(
    page: "#f5f5f2", card: "#ffffff", ink: "#1c2027", muted: "#667080", hairline: "#e2e4e6", track: "#f1f2f3",
    before: "#2b7cc9", after: "#e08e0b", cut: "#c8431f", curve: "#0f8f74", loop: "#c8431f",
    ranks: [
      ("#d5e7fa", "#2b7cc9"), ("#cfeee0", "#149b70"), ("#fdeabb", "#d39400"), ("#fbd3c2", "#cf4a1f"),
      ("#ecd8f3", "#9a51b0"),
    ])
  private static let dark = Palette(
    page: "#0e1114", card: "#161a1f", ink: "#e6e9ed", muted: "#97a1ae", hairline: "#2a3037", track: "#1d2228",
    before: "#4c9fee", after: "#f2a93b", cut: "#ff7f58", curve: "#36c6a4", loop: "#ff7f58",
    ranks: [
      ("#15375b", "#4c9fee"), ("#113f30", "#2cbd8c"), ("#4a390d", "#eab12f"), ("#572716", "#ff7f58"),
      ("#412450", "#c68add"),
    ])

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
    .soft { fill-opacity: .5; }
    .curve { fill: none; stroke-width: 1.25; }
    .threshold { stroke-width: 1; stroke-dasharray: 2 3; }
    .cutline { stroke-width: 1.5; stroke-dasharray: 5 4; }
    .line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
    .area { stroke: none; fill-opacity: .22; }
    .cursor { stroke-width: 1.25; }
    .ring { fill: none; stroke-width: 2; }

    """

  private static func colours(_ palette: Palette) -> String {
    var sheet = """
      .ink { fill: \(palette.ink); }
      .muted { fill: \(palette.muted); }
      .page { fill: \(palette.page); }
      .card { fill: \(palette.card); }
      .edge { fill: \(palette.card); stroke: \(palette.hairline); }
      .hair { stroke: \(palette.hairline); }
      .track { fill: \(palette.track); }
      .before { fill: \(palette.before); }
      .after { fill: \(palette.after); }
      .removed { fill: \(palette.muted); fill-opacity: .38; }
      .cut { fill: \(palette.cut); }
      .cutline { stroke: \(palette.cut); }
      .curve { stroke: \(palette.curve); }
      .curvetext { fill: \(palette.curve); }
      .threshold { stroke: \(palette.cut); }
      .beforeline { stroke: \(palette.before); }
      .beforefill { fill: \(palette.before); }
      .afterfill { fill: \(palette.after); }
      .curvefill { fill: \(palette.curve); }
      .afterline { stroke: \(palette.after); }
      .curveline { stroke: \(palette.curve); }
      .looparea { fill: \(palette.loop); fill-opacity: .1; }
      .loop { fill: \(palette.loop); }
      .cursor { stroke: \(palette.after); }
      .ring { stroke: \(palette.ink); }
      body { background: \(palette.page); color: \(palette.ink); }
      section { background: \(palette.card); border-color: \(palette.hairline); }
      .meta, .legend, .prompt, footer { color: \(palette.muted); }
      .meta b, .legend b { color: \(palette.ink); }
      .chosen { outline-color: \(palette.ink); }
      .sign { color: \(palette.muted); }

      """
    for (index, rank) in palette.ranks.enumerated() {
      sheet += """
        .t\(index) { background: \(rank.tint); box-shadow: inset 0 -2px \(rank.line); }
        .r\(index) { fill: \(rank.tint); }
        .u\(index) { fill: \(rank.line); }

        """
    }
    return sheet
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

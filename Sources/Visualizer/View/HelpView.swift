import Presentation

/// The help panel, made from the key table.
enum HelpView {
  static func overlay(_ bindings: [KeyBinding], scroll: Int, glyphs: GlyphSet) -> HelpOverlay {
    HelpOverlay(
      entries: bindings.map {
        HelpEntry(keys: glyphs.spelled($0.shown), what: glyphs.spelled($0.what), group: $0.group.rawValue)
      }
        + entries(KeyMap.chainPanel, of: KeyMap.chainPanelGroup, glyphs)
        + (bindings.contains { $0.action == .beams }
          ? entries(
            KeyMap.beamWindow(offeredTo: Set(LaneAbility.allCases)), of: KeyMap.beamWindowGroup, glyphs)
          : [])
        + (bindings.contains { $0.action == .contrastive }
          ? entries(
            KeyMap.contrastiveWindow(offeredTo: Set(LaneAbility.allCases)),
            of: KeyMap.contrastiveWindowGroup, glyphs) : []),
      scroll: scroll, title: "Keys",
      footer: """
        Mouse: a click chooses a row, or goes to a token of the text or a step of the history; the wheel scrolls. \
        Hold Shift to select text.
        """, hint: "Tab explains the signs")
  }

  /// The keys of the window of a search alone.
  static func overlay(
    _ help: (group: String, keys: [(shown: String, what: String)], wheel: String), scroll: Int,
    glyphs: GlyphSet
  ) -> HelpOverlay {
    HelpOverlay(
      entries: entries(help.keys, of: help.group, glyphs), scroll: scroll, title: "Keys",
      footer: "Mouse: the wheel \(help.wheel).")
  }

  private static func entries(
    _ keys: [(shown: String, what: String)], of group: String, _ glyphs: GlyphSet
  ) -> [HelpEntry] {
    keys.map { HelpEntry(keys: glyphs.spelled($0.shown), what: $0.what, group: group) }
  }

  static func area(in size: Size) -> Rect {
    Rect(x: 0, y: 0, width: size.columns, height: size.rows).inset(
      horizontally: size.columns > 100 ? 6 : 1, vertically: size.rows > 30 ? 2 : 0)
  }
}

import Presentation

/// The help panel, made from the key table.
enum HelpView {
  static func overlay(_ bindings: [KeyBinding], scroll: Int, glyphs: GlyphSet) -> HelpOverlay {
    HelpOverlay(
      entries: bindings.map {
        HelpEntry(keys: glyphs.spelled($0.shown), what: glyphs.spelled($0.what), group: $0.group.rawValue)
      }
        + KeyMap.chainPanel.map {
          HelpEntry(keys: glyphs.spelled($0.shown), what: $0.what, group: KeyMap.chainPanelGroup)
        }
        + (bindings.contains { $0.action == .beams }
        ? KeyMap.beamWindow(offeredTo: Set(LaneAbility.allCases)) : [])
        .map {
          HelpEntry(keys: glyphs.spelled($0.shown), what: $0.what, group: KeyMap.beamWindowGroup)
        },
      scroll: scroll, title: "Keys",
      footer: """
        Mouse: a click chooses a row, or goes to a token of the text or a step of the history; the wheel scrolls. \
        Hold Shift to select text.
        """, hint: "Tab explains the signs")
  }

  /// The keys of the window of beam search alone.
  static func ofBeams(_ abilities: Set<LaneAbility>, scroll: Int, glyphs: GlyphSet) -> HelpOverlay {
    HelpOverlay(
      entries: KeyMap.beamWindow(offeredTo: abilities).map {
        HelpEntry(keys: glyphs.spelled($0.shown), what: $0.what, group: KeyMap.beamWindowGroup)
      }, scroll: scroll, title: "Keys", footer: "Mouse: the wheel scrolls the continuations.")
  }

  static func area(in size: Size) -> Rect {
    Rect(x: 0, y: 0, width: size.columns, height: size.rows).inset(
      horizontally: size.columns > 100 ? 6 : 1, vertically: size.rows > 30 ? 2 : 0)
  }
}

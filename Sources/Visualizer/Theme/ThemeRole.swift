/// The meaning of a part of the screen. Widgets name a role, and the theme maps it to a style.
enum ThemeRole: CaseIterable {
  /// The prompt, and the tokens behind it.
  case prompt, generated
  /// The token of the shown step; one that the user forced.
  case newest, forced
  /// Tokens of a repeated phrase; the first token at which two lanes differ.
  case loop, divergence, match
  /// Bars of the probability before and after the sampler chain.
  case barBefore, barAfter
  /// A token that a filter removed, the cut line below the last kept one, the running sum, the threshold p.
  case removed, cutoff, curve, threshold
  /// The row of the drawn token, and the row that the user has selected.
  case chosenRow, selection
  case title, frame, focusedFrame
  case text, dim, strong
  case status, key
  case good, warn
  case sparkline, cursor
  /// The background of an overlay.
  case overlay
}

/// What a piece of the screen means. Widgets name a role; the theme knows the style.
enum ThemeRole: CaseIterable {
  /// The user's own words, and what the model wrote after them.
  case prompt, generated
  /// The token of the shown step; one that the user forced.
  case newest, forced
  /// Tokens of a phrase that repeats; the first token where two lanes part.
  case loop, divergence
  /// Bars of the model's own probability, and of what the sampler chain made of it.
  case barBefore, barAfter
  /// A token that the filters removed, the line below the last kept one, the running sum, the p it has to reach.
  case removed, cutoff, curve, threshold
  /// The row that was drawn, and the row that the user points at.
  case chosenRow, selection
  case title, frame, focusedFrame
  case text, dim, strong
  case status, key
  case good, warn
  case sparkline, cursor
  /// The ground of a panel that lies over others.
  case overlay
}

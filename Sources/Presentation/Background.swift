/// The kind of background that a terminal has.
package enum Background: Hashable, Sendable {
  case dark, light

  /// Light where black text has the better contrast.
  package init(of color: RGB) {
    // (L + 0.05) / 0.05 = 1.05 / (L + 0.05)
    self = color.luminance > 0.179 ? .light : .dark
  }

  /// Reads COLORFGBG, such as `15;0` or `0;default;15`: the last number is the background's, of the sixteen colours. nil for
  /// any other text.
  package init?(colorFGBG text: String) {
    guard let last = text.split(separator: ";", omittingEmptySubsequences: false).last, let index = Int(last),
      (0..<16).contains(index)
    else { return nil }
    self = index == 7 || index > 8 ? .light : .dark
  }
}

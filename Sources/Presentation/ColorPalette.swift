/// The colours of meanings: one table for the screen, its pictures and the reports.
///
/// Each is an index of xterm's 256 colours, 16...255. The first five are the five steps of the text's scale, too. In
/// normal, protan, deutan and tritan vision any two of them have a CIELAB distance of at least 28, on a known background.
package struct ColorPalette: Hashable, Sendable {
  /// Blue: the probability before the sampler chain. Green: the running sum. Orange: the probability after the chain, and
  /// what was drawn. Red: the cut, the threshold and loops. Purple: what the user or an author chose.
  package let before, curve, after, cut, forced: UInt8
  /// Secondary text, and what a filter removed; lines around panels, which carry no meaning.
  package let muted, faint: UInt8

  /// Steps of the text's scale, from expected to surprising.
  package var steps: [UInt8] { [before, curve, after, cut, forced] }

  /// At least 4.5 to 1 on black and on the usual dark greys, frames 3 to 1.
  package static let dark = ColorPalette(
    before: 105, curve: 86, after: 214, cut: 203, forced: 139, muted: 247, faint: 243)
  /// At least 4.5 to 1 on white and on cream, frames 3 to 1.
  package static let light = ColorPalette(
    before: 21, curve: 23, after: 94, cut: 52, forced: 127, muted: 242, faint: 245)
  /// At least 3 to 1 on all of these. No colour has 4.5 to 1 on black and on white but one grey, and the steps are only 18
  /// apart, so that attributes must help.
  package static let neutral = ColorPalette(
    before: 33, curve: 29, after: 166, cut: 197, forced: 133, muted: 244, faint: 244)
}

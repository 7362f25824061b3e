import Foundation
import Presentation
import TerminalTestSupport
import Testing

@testable import gpt2_viz

/// Screen, pictures and reports have one colour for one meaning.
@Suite struct ColorAgreementTests {
  private static let palettes = [
    (report: ReportStyle.light, theme: ReportTheme.light, screen: ColorPalette.light),
    (report: ReportStyle.dark, theme: .dark, screen: .dark),
  ]

  private func hex(_ index: UInt8) -> String { RGB(xterm: index).hex }

  @Test func aReportHasTheColoursOfTheScreen() {
    for (_, theme, screen) in Self.palettes {
      let sheet = ReportStyle(theme: theme).sheet
      for (style, color) in [
        (".before { fill", screen.before), (".after { fill", screen.after), (".curve { stroke", screen.curve),
        (".cutline { stroke", screen.cut), (".threshold { stroke", screen.cut), (".loop { fill", screen.cut),
      ] {
        #expect(sheet.contains("\(style): \(hex(color)); }"), "\(theme), \(style)")
      }
      // Ranks 1, 2-10, 11-100, 101-1000 and beyond.
      for (band, color) in screen.steps.enumerated() {
        #expect(sheet.contains(".u\(band) { fill: \(hex(color)); }"), "\(theme), \(band)")
      }
    }
  }

  /// The picture of the README was made from the screen in the dark theme.
  @Test func thePictureHasTheColoursOfTheScreen() throws {
    let path = TestFiles.repository.appending(path: "Documentation/screen.svg")
    let picture = try String(contentsOf: path, encoding: .utf8)
    let dark = ColorPalette.dark
    let known = Set((dark.steps + [dark.muted, dark.faint]).map(hex) + ["#16181d", "#d7dae0"])
    let colors = Set(picture.matches(of: /fill="(#[0-9a-f]{6})"/).map { String($0.output.1) })
    #expect(colors.subtracting(known) == [])
    #expect(colors.isSuperset(of: [dark.before, dark.after, dark.curve, dark.cut].map(hex)))
  }

  /// The legend of the text's colours: each band of ranks in its own.
  @Test func theScreenHasTheColoursOfTheReport() throws {
    let pty = try Pty(
      Pty.product("gpt2-viz"), ["Once upon a time", "--seed", "1", "--theme", "light"], columns: 110, rows: 34
    )
    let legend = RankBands.shortLabels.joined(separator: " ")
    try #require(pty.wait { $0.text.contains(legend) })
    // Each letter of a label, and the blanks between the labels in no colour.
    let expected = zip(RankBands.shortLabels, ColorPalette.light.steps).map { label, color in
      Array(repeating: Optional(Int(color)), count: label.count)
    }
    #expect(pty.screen.styles(of: legend)?.map(\.foreground) == Array(expected.joined(separator: [nil])))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func aReportCanBeRead() {
    func contrast(_ one: RGB, _ other: RGB) -> Double {
      let (high, low) = (max(one.luminance, other.luminance), min(one.luminance, other.luminance))
      return (high + 0.05) / (low + 0.05)
    }
    for (report, theme, _) in Self.palettes {
      var least: [String: Double] = [:]
      for ground in [report.page, report.card, report.track] {
        for (name, color) in [
          ("before", report.color(\.before)), ("curve", report.color(\.curve)),
          ("after", report.color(\.after)),
          ("cut", report.color(\.cut)), ("muted", report.muted), ("ink", report.ink),
        ] {
          least[name] = min(least[name] ?? .infinity, contrast(color, ground))
        }
      }
      // A bar that does not fit tells so on itself, in the card's colour.
      least["on a bar"] = [report.color(\.before), report.color(\.after)].map { contrast(report.card, $0) }
        .min()
      for (band, rank) in report.ranks.enumerated() {
        least["line of band \(band)"] = contrast(rank.line, report.card)
        least["letters on band \(band)"] = contrast(report.ink, rank.tint)
      }
      for (name, ratio) in least { #expect(ratio >= 4.5, "\(theme), \(name): \(ratio)") }
      let figures = least.sorted { $0.key < $1.key }.map { "\($0): \(($1 * 100).rounded() / 100)" }
      print("contrast, report \(theme): " + figures.joined(separator: ", "))
    }
  }
}

import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The legend, which explains the signs where they stand.
@Suite struct LegendTests {
  private func opened(
    _ size: Size = Size(columns: 110, rows: 34), _ settings: SamplingSettings = SamplingSettings()
  ) -> AppHarness {
    var app = AppHarness(size: size, settings: settings)
    for _ in 0..<4 { app.press(.right) }
    return app
  }

  private func places(_ app: AppHarness) -> LegendPlaces {
    LegendPlaces(
      picture: app.shown, state: app.state, layout: app.state.layout, appearance: app.state.appearance)
  }

  private func text(_ cells: Rect, in app: AppHarness) -> String {
    String(
      String.UnicodeScalarView(
        (cells.x..<cells.maxX).map { app.shown.buffer[Point($0, cells.y)].scalar }))
  }

  @Test func tabOpensItFromTheHelp() {
    var app = opened()
    app.press(.character("?"))
    #expect(app.picture.contains("Tab explains the signs"))
    app.press(.tab)
    #expect(app.state.overlay == .legend(number: 0))
    #expect(app.picture.contains("1 of \(app.state.metrics.legendCount)"))
    app.press(.left)
    #expect(app.state.overlay == .legend(number: 0))
    app.press(.end)
    #expect(app.state.overlay == .legend(number: app.state.metrics.legendCount - 1))
    app.press(.right)
    #expect(app.state.overlay == .legend(number: app.state.metrics.legendCount - 1))
    app.press(.escape)
    #expect(app.state.overlay == nil)
  }

  /// Signs that must be found, and what stands there.
  @Test func signsAreFoundWhereTheyStand() {
    var settings = SamplingSettings()
    settings.topP = 0.8
    let app = opened(Size(columns: 110, rows: 34), settings)
    let decision = app.lane.decision!
    let expected: [LegendSign: String] = [
      .seed: "seed ", .context: "ctx ", .before: "before", .after: "after", .sum: "Σ ", .threshold: "┊",
      .mass: "mass", .removed: "✕ ", .drawn: "◀", .nextToken: "→", .sections: "├", .rank: " 1",
      .number: "u = \(NumberFormat.fixed(decision.u!, decimals: 4))", .probability: "p(chosen)",
      .entropy: "entropy", .kept: "kept ", .surprisal: "surprisal", .perplexity: "perplexity", .loop: "loop ",
      .repeated: "repeated 4-grams", .distinct: "distinct-2", .cursor: "▏", .colors: "rank ",
    ]
    for (sign, shown) in expected {
      let cells = places(app).cells(of: sign)
      #expect(cells.first.map { text($0, in: app) } == shown, "\(sign)")
    }
    #expect(places(app).cells(of: .curve).allSatisfy { "│─╰╮".contains(text($0, in: app)) })
    #expect(!places(app).cells(of: .curve).isEmpty)
    #expect(places(app).cells(of: .cut).first.map { text($0, in: app).contains("top-p 0.80 cut") } == true)
  }

  /// What is not on screen is not explained.
  @Test func onlyWhatIsOnScreenIsExplained() {
    let pure = opened()
    for sign in [LegendSign.cut, .mass, .threshold, .removed, .author, .lowered, .copies, .forced, .ahead] {
      #expect(places(pure).cells(of: sign).isEmpty, "\(sign)")
    }
    var greedy = opened()
    greedy.press(.character("g"), .escape)
    #expect(places(greedy).cells(of: .number).isEmpty)
    var back = opened()
    back.press(.left)
    #expect(!places(back).cells(of: .ahead).isEmpty)
    var settings = SamplingSettings()
    settings.repetitionPenalty = 1.5
    #expect(!places(opened(Size(columns: 110, rows: 34), settings)).cells(of: .lowered).isEmpty)
    var forced = opened()
    forced.press(.down, .down, .enter)
    #expect(places(forced).cells(of: .forced).count == 1)
  }

  /// At every size, with one text and with two, the box does not cover the sign that it explains.
  @Test(arguments: [(80, 24), (110, 34), (200, 50), (80, 50)])
  func theBoxLeavesItsSignInSight(columns: Int, rows: Int) {
    for isComparing in [false, true] {
      var settings = SamplingSettings()
      settings.topP = 0.8
      var app = opened(Size(columns: columns, rows: rows), settings)
      if isComparing { app.press(.character("c"), .tab) }
      let places = places(app)
      let count = LegendSign.allCases.count { !places.cells(of: $0).isEmpty }
      #expect(count >= (isComparing ? 12 : 22), "\(columns)x\(rows): \(count)")
      let plain = app.shown.buffer
      app.press(.character("?"), .tab)
      #expect(app.state.metrics.legendCount == count)
      for sign in LegendSign.allCases {
        guard let cell = places.cells(of: sign).first else { continue }
        for x in cell.x..<cell.maxX {
          let point = Point(x, cell.y)
          #expect(app.shown.buffer[point].scalar == plain[point].scalar, "\(sign)")
          #expect(app.shown.buffer[point].style.attributes.contains(.reverse), "\(sign)")
        }
        app.press(.right)
      }
    }
  }

  /// Each explanation fits into three lines of the smallest window.
  @Test func everyExplanationIsShort() {
    for sign in LegendSign.allCases {
      for isGreedy in [false, true] {
        let text = sign.explanation(colors: .surprisal, isGreedy: isGreedy)
        #expect(TextFit.wrap(text, columns: 76).count <= 2, "\(text)")
        #expect(text.hasSuffix("."))
      }
    }
  }

  @Test func plainModeExplainsItsWords() {
    var app = opened()
    app.press(.character("?"))
    let before = app.state
    app.press(.tab)
    let lines = PlainReport(
      before: before, after: app.state, key: .tab, speech: SpokenText(glyphs: .blocks)
    ).lines
    for word in ["Entropy: ", "Surprisal: ", "Perplexity: ", "Repeated 4-grams: ", "Distinct-2: ", "u: "] {
      #expect(lines.contains { $0.hasPrefix(word) }, "\(word)")
    }
    #expect(!lines.joined().contains("→"))
  }
}

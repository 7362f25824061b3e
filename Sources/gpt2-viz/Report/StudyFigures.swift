import Glibc
import LMCore
import Presentation

/// One measure of all strategies as bars, with a line at that of human text (arXiv 1904.09751, Figures 6 to 8).
struct MeasureFigure {
  /// A bar: what it is called, its value, and how that is written.
  struct Bar {
    let name: String
    let value: Double?
    let text: String
    let isHuman: Bool
  }

  let bars: [Bar]
  var size = FigureSize.wide

  private static let pitch = 26.0
  private var left: Double { size == .wide ? 210 : 120 }
  private var width: Double { size == .wide ? 610 : 170 }

  var drawing: Drawing {
    var drawing = Drawing(width: size.width, height: Double(bars.count) * Self.pitch + 4)
    let largest = max(bars.compactMap(\.value).filter(\.isFinite).max() ?? 1, .leastNonzeroMagnitude)
    let human = bars.count > 1 ? bars.first(where: \.isHuman)?.value : nil
    let line = human.flatMap { $0.isFinite ? left + $0 / largest * width : nil }
    for (index, bar) in bars.enumerated() {
      let y = Double(index) * Self.pitch
      let name = TextFit.fit(bar.name, columns: size == .wide ? 28 : 14, glyphs: .blocks)
      drawing.text(name, left - 10, y + 16, bar.isHuman ? "ink strong" : "ink", .end)
      let value = bar.value.flatMap { $0.isFinite ? $0 : nil }
      let length = value.map { max($0 / largest * width, $0 > 0 ? 1 : 0) } ?? 0
      if value != nil {
        drawing.rect(
          left, y + 3, length, Self.pitch - 8, bar.isHuman ? "after" : "before", radius: 3,
          title: "\(bar.name): \(bar.text)")
      }
      // Below the number.
      if let line { drawing.line(line, y, line, y + Self.pitch, "threshold") }
      let (text, style) = value == nil ? ("not known", "muted") : (bar.text, "ink")
      drawing.text(text, left + length + 7, y + 16, "\(style) small halo")
    }
    return drawing
  }
}

/// How often the tokens of each strategy occur, by rank, both on logarithmic scales: Zipf's law is a straight line
/// (arXiv 1904.09751, Figure 6). Human text is in each panel as well.
struct ZipfFigure {
  struct Panel {
    let name: String
    let fit: ZipfFit
  }

  let panels: [Panel]
  let human: ZipfFit?
  var size = FigureSize.wide

  private var columns: Int { size == .wide ? 4 : 2 }
  private static let height = 120.0

  var drawing: Drawing {
    var drawing = Drawing(width: size.width)
    let gap = 18.0
    let width = (size.width - gap * Double(columns - 1)) / Double(columns)
    let fits = panels.map(\.fit) + [human].compactMap { $0 }
    let ranks = Double(fits.map(\.frequencies.count).max() ?? 2)
    let most = Double(fits.compactMap(\.frequencies.first).max() ?? 2)
    for (index, panel) in panels.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let (x, y) = (Double(column) * (width + gap), Double(row) * (Self.height + 46))
      let top = y + 20
      let name = TextFit.fit(panel.name, columns: Int(width / 10), glyphs: .blocks)
      drawing.text(name, x, y + 12, "ink small strong")
      drawing.text(
        NumberFormat.fixed(panel.fit.coefficient, decimals: 2), x + width, y + 12, "muted small", .end)
      drawing.rect(x, top, width, Self.height, "track", radius: 4)
      func path(_ fit: ZipfFit) -> String {
        points(of: fit).map { rank, count in
          let px = x + 4 + (width - 8) * log(rank) / log(max(ranks, 2))
          let py = top + Self.height - 6 - (Self.height - 12) * log(count) / log(max(most, 2))
          return "\(decimal(px)) \(decimal(py))"
        }.joined(separator: " L ")
      }
      if let human { drawing.path("M " + path(human), "line afterline") }
      drawing.path("M " + path(panel.fit), "line beforeline")
      if index == 0, human != nil { drawing.text("human", x + 8, top + Self.height - 10, "after small") }
    }
    let rows = (panels.count + columns - 1) / columns
    drawing.height = Double(rows) * (Self.height + 46) - 20
    return drawing
  }

  /// Ranks in even steps of the logarithm, with their counts: a thousand ranks side by side say no more.
  private func points(of fit: ZipfFit) -> [(rank: Double, count: Double)] {
    var points: [(Double, Double)] = []
    var rank = 1.0
    while Int(rank) <= fit.frequencies.count {
      points.append((rank.rounded(.down), Double(fit.frequencies[Int(rank) - 1])))
      rank = max(rank + 1, rank * 1.08)
    }
    return points
  }
}

/// p of each token of one text that ends in a loop, with the loop shaded (arXiv 1904.09751, Figure 4).
struct LoopCourseFigure {
  let probabilities: [Double]
  /// The token, from 0, with which the loop begins; below 0 where it begins in the prompt.
  let loopStart: Int
  var size = FigureSize.wide

  private static let height = 130.0

  var drawing: Drawing {
    let left = 44.0
    let width = size.width - left - 8
    var drawing = Drawing(width: size.width, height: Self.height + 26)
    let count = Double(max(probabilities.count, 1))
    func x(_ index: Double) -> Double { left + width * index / count }
    drawing.rect(
      x(Double(max(loopStart, 0))), 4, width - x(Double(max(loopStart, 0))) + left, Self.height, "looparea",
      radius: 4)
    drawing.percentAxis([0, 0.5, 1], left: left, width: width, height: Self.height)
    let points = probabilities.enumerated().map { index, p in
      "\(decimal(x(Double(index) + 0.5))) \(decimal(4 + Self.height * (1 - p)))"
    }
    if !points.isEmpty { drawing.path("M " + points.joined(separator: " L "), "line beforeline") }
    drawing.text("token 1", left, Self.height + 22, "muted small")
    drawing.text("token \(probabilities.count)", left + width, Self.height + 22, "muted small", .end)
    return drawing
  }
}

/// The probability of the k most probable tokens together at the positions of human text: its median, and the middle half and nine
/// tenths of the positions (arXiv 1904.09751, Figure 5: no k fits every place).
struct TopMassFigure {
  let mass: TopMass
  var size = FigureSize.wide

  private static let height = 170.0

  var drawing: Drawing {
    let left = 44.0
    let width = size.width - left - 8
    var drawing = Drawing(width: size.width, height: Self.height + 40)
    let largest = log(Double(max(mass.ranks.last ?? 2, 2)))
    func x(_ rank: Int) -> Double { left + width * log(Double(rank)) / largest }
    func y(_ share: Double) -> Double { 4 + Self.height * (1 - share) }
    drawing.percentAxis([0, 0.25, 0.5, 0.75, 1], left: left, width: width, height: Self.height)
    func band(_ low: Double, _ high: Double) {
      let upper = mass.ranks.map { "\(decimal(x($0))) \(decimal(y(mass.quantile(high, atRank: $0))))" }
      let lower = mass.ranks.reversed().map {
        "\(decimal(x($0))) \(decimal(y(mass.quantile(low, atRank: $0))))"
      }
      drawing.path("M " + (upper + lower).joined(separator: " L ") + " Z", "area beforefill")
    }
    band(0.05, 0.95)
    band(0.25, 0.75)
    let median = mass.ranks.map { "\(decimal(x($0))) \(decimal(y(mass.quantile(0.5, atRank: $0))))" }
    drawing.path("M " + median.joined(separator: " L "), "line beforeline")
    for rank in mass.ranks where size == .wide || [1, 10, 100, 1000].contains(rank) {
      drawing.line(x(rank), y(0), x(rank), y(0) + 4, "hair")
      // The last one is the vocabulary, wherever it lies.
      guard rank == mass.ranks.last || x(mass.ranks.last ?? rank) - x(rank) > 50 else { continue }
      drawing.text(NumberFormat.grouped(rank), x(rank), y(0) + 18, "muted small", .middle)
    }
    drawing.text("k, the number of tokens", left + width, y(0) + 34, "muted small", .end)
    return drawing
  }
}

extension Drawing {
  /// Lines at shares in 0...1, with their names to the left: 0 at `height` below a margin of 4, 1 at its top.
  fileprivate mutating func percentAxis(_ shares: [Double], left: Double, width: Double, height: Double) {
    for share in shares {
      let y = 4 + height * (1 - share)
      line(left, y, left + width, y, "hair")
      text(NumberFormat.percent(share), left - 6, y + 4, "muted small", .end)
    }
  }
}

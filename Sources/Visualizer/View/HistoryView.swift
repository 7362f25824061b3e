import LMCore
import Presentation

/// The history over the whole window: the texts with the cursor's token, and charts of all steps.
struct HistoryView {
  let state: AppState
  let window: HistoryWindow
  let appearance: Appearance
  private let lanes: [LaneHistory]

  init(state: AppState, window: HistoryWindow, appearance: Appearance) {
    (self.state, self.window, self.appearance) = (state, window, appearance)
    lanes = state.lanes.map { LaneHistory($0) }
  }

  private var glyphs: GlyphSet { appearance.glyphs }
  private var cursor: Int { state.cursor(of: window) }

  /// Draws the window. Returns the targets: the steps in the texts and in the charts.
  func draw(into buffer: inout ScreenBuffer, in area: Rect) -> [Picture.Hit] {
    var rest = area
    let texts = rest.takeTop(min(max(area.height / 8, 3), 8) + 2)
    // The two boxes share an edge.
    let box = Rect(x: area.x, y: texts.maxY - 1, width: area.width, height: area.maxY - texts.maxY + 1)
    let hits = drawTexts(into: &buffer, in: texts)
    let inner = Frame.inner(box).inset(horizontally: 1)
    let columns = stepColumns(in: inner)
    Frame(title: title, rightTitle: place(columns)).draw(into: &buffer, in: box, with: appearance)
    return hits + drawCharts(into: &buffer, in: inner, columns)
  }

  // MARK: Texts

  private func drawTexts(into buffer: inout ScreenBuffer, in area: Rect) -> [Picture.Hit] {
    let half = (area.width + 1) / 2
    return lanes.indices.flatMap { index -> [Picture.Hit] in
      let place =
        lanes.count == 1
        ? area
        : Rect(
          x: index == 0 ? area.x : area.x + half - 1, y: area.y,
          width: index == 0 ? half : area.width - half + 1, height: area.height)
      let text = LaneText(state: state, index: index, appearance: appearance)
      let promptCount = lanes[index].lane.promptIDs.count
      Frame(title: lanes.count == 1 ? "Text" : name(of: index, columns: place.width - 6)).draw(
        into: &buffer, in: place, with: appearance)
      return TextPanel(
        tokens: text.wholeTokens(cursor: cursor), scroll: .token(promptCount + cursor), showsCursor: false
      )
      .place(into: &buffer, in: Frame.inner(place).inset(horizontally: 1), with: appearance)
      .tokens.filter { $0.index >= promptCount }
      .map { Picture.Hit(area: $0.area, target: .step($0.index - promptCount, lane: index)) }
    }
  }

  /// `A author`
  private func name(of index: Int, columns: Int) -> String {
    let strategy = LaneText(state: state, index: index, appearance: appearance).strategy(columns: columns)
    return "\(LaneName.of(index)) \(strategy)"
  }

  /// "History, step 41 of 90: ␣the"
  private var title: String {
    let place = "History, step \(cursor + 1) of \(state.historyLength)"
    guard lanes.count == 1, let step = lanes[0].lane.steps.dropFirst(cursor).first else { return place }
    let token = PrintableToken.label(for: state.card?.bytes(of: step.id) ?? [], glyphs: glyphs)
    return "\(place): \(TextFit.fit(token, columns: 20, glyphs: glyphs))"
  }

  /// What the columns stand for: "steps 1-512, 8 a column: means".
  private func place(_ columns: ChartColumns) -> String {
    let steps = "steps \(columns.shown.lowerBound + 1)-\(columns.shown.upperBound)"
    if columns.valuesEach > 1 { return "\(steps), \(columns.valuesEach) a column: means" }
    return columns.shown.count < columns.count ? "\(steps) of \(columns.count)" : steps
  }

  // MARK: Charts

  private func stepColumns(in area: Rect) -> ChartColumns {
    ChartColumns(
      count: state.historyLength, width: area.width - Chart.gutter, cursor: cursor,
      showsSingle: window.showsSingleSteps)
  }

  /// As many charts as have room, from the chosen one on.
  private func drawCharts(
    into buffer: inout ScreenBuffer, in area: Rect, _ columns: ChartColumns
  ) -> [Picture.Hit] {
    let count = min(max(area.height / 7, 1), state.historyQuantities.count)
    var rest = area
    var hits: [Picture.Hit] = []
    for index in 0..<count {
      let quantity = window.quantity.moved(by: index, among: state.historyQuantities)
      let place = rest.takeTop(rest.height / (count - index))
      let chart = quantity == .copies ? copiesChart(in: place) : chart(of: quantity, columns)
      chart.draw(into: &buffer, in: place, with: appearance)
      guard quantity != .copies else { continue }
      hits += chart.valueAreas(in: place).map {
        Picture.Hit(area: $0.area, target: .step($0.value, lane: state.focus))
      }
    }
    return hits
  }

  private func chart(of quantity: HistoryQuantity, _ columns: ChartColumns) -> Chart {
    let values = lanes.map { $0.values(of: quantity) }
    let shown = values.flatMap { values in
      (0..<columns.places).compactMap { columns.mean(of: values, at: $0) }
    }
    let axis: ChartAxis =
      switch quantity {
      case .probability, .copies: .percent
      case .surprisal, .entropy, .mu: .bits(covering: shown)
      case .kept: .counts(upTo: state.card?.vocabularySize ?? 1)
      }
    let means = lanes.map { lane in
      lane.lane.steps.compactMap(quantity.bounds).mean.map { quantity.text($0, glyphs: glyphs) } ?? ""
    }
    return Chart(
      title: quantity.title, note: "mean \(means.joined(separator: " \(glyphs.dot) "))",
      series: lanes.indices.map { lane in
        let value = quantity.text(of: lanes[lane].lane.steps.dropFirst(cursor).first, glyphs: glyphs)
        return Chart.Series(
          reading: reading(value, lane), values: values[lane],
          ahead: lanes[lane].lane.depth)
      }, axis: axis, columns: columns, cursor: cursor)
  }

  private func copiesChart(in area: Rect) -> Chart {
    let values = lanes.map { $0.values(of: .copies) }
    let phrases = lanes.filter { !$0.phrase.isEmpty }.map { lane in
      let label = PrintableToken.label(
        for: lane.phrase.flatMap { state.card?.bytes(of: $0) ?? [] }, glyphs: glyphs)
      return "\(TextFit.fit(label, columns: 24, glyphs: glyphs)) \(glyphs.times)\(lane.loop?.copies ?? 0)"
    }
    let none = "no phrase stands three times in a row"
    let copy = lanes[state.focus].copy(ofStep: cursor)
    return Chart(
      title: HistoryQuantity.copies.title,
      note: phrases.isEmpty ? none : phrases.joined(separator: " \(glyphs.dot) "),
      series: lanes.indices.map { lane in
        let own = lanes[lane].copy(ofStep: cursor)
        let value = own.flatMap { values[lane][$0] }.map {
          "copy \((own ?? 0) + 1) \(NumberFormat.percent($0))"
        }
        return Chart.Series(
          reading: reading(value ?? "", lane), values: values[lane], ahead: values[lane].count)
      }, axis: .percent,
      columns: ChartColumns(
        count: values.map(\.count).max() ?? 0, width: area.width - Chart.gutter, cursor: copy ?? 0,
        showsSingle: window.showsSingleSteps),
      cursor: copy)
  }

  /// "A author 0.35%"; with one lane the value alone.
  private func reading(_ value: String, _ lane: Int) -> String {
    guard lanes.count > 1 else { return value }
    let strategy = LaneText(state: state, index: lane, appearance: appearance).strategy(columns: 40)
    return "\(LaneName.of(lane)) \(strategy.prefix { $0 != ":" }) \(value)"
  }
}

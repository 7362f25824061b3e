import Presentation

@testable import Visualizer

/// Sample values for the pictures in tests.
enum Samples {
  static let blocks = Appearance(depth: .xterm256, glyphs: .blocks)
  static let ascii = Appearance(depth: .none, glyphs: .ascii)

  /// Probabilities that fall with the square of the rank, over 4,096 tokens.
  static let probabilities: [Double] = {
    let weights = (1...4096).map { (rank: Int) -> Double in 1 / Double((rank + 1) * (rank + 1)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  static let labels = [
    "␣every", "␣she", "␣the", "⏎", "<E2>", "日本", "␣forest", "␣a", "␣extraordinarily", "e\u{301}",
  ]

  static func rows(
    kept: Int, from first: Int = 1, count: Int = 60, marks: [Int: DistributionTableRow.Marks] = [2: .drawn]
  ) -> [DistributionTableRow] {
    let mass = probabilities[..<kept].reduce(0, +)
    return (first..<min(first + count, probabilities.count + 1)).map { rank in
      let before = probabilities[rank - 1]
      return DistributionTableRow(
        rank: rank, label: labels[(rank - 1) % labels.count], before: before,
        cumulative: probabilities[..<rank].reduce(0, +), after: rank <= kept ? before / mass : nil,
        cumulativeAfter: probabilities[..<min(rank, kept)].reduce(0, +) / mass,
        removedBy: rank <= kept ? nil : "top-p", marks: marks[rank] ?? [])
    }
  }

  static func table(
    kept: Int, from first: Int = 1, marks: [Int: DistributionTableRow.Marks] = [2: .drawn],
    cutDisplay: DistributionTable.CutDisplay = .dimmed
  ) -> DistributionTable {
    let mass = probabilities[..<kept].reduce(0, +)
    let cutoff = DistributionCutoff(
      filter: "top-p 0.85", rank: kept, cumulative: mass, kept: kept, mass: mass, threshold: 0.85)
    return DistributionTable(
      rows: rows(kept: kept, from: first, marks: marks), vocabularySize: 4096,
      cutoff: kept < 4096 ? cutoff : nil, scale: BarScale(covering: probabilities[0]), cutDisplay: cutDisplay,
      beforeTitle: "before: softmax(logits)", afterTitle: "after: renormalised over \(kept) kept")
  }

  static var strip: DrawStrip {
    let intervals = rows(kept: 8, count: 8).map {
      DrawInterval(
        label: $0.label, lower: $0.cumulativeAfter - ($0.after ?? 0), upper: $0.cumulativeAfter,
        isChosen: $0.rank == 2)
    }
    return DrawStrip(intervals: intervals, u: 0.6312)
  }

  static let history: [HistoryPoint] = (0..<60).map { step in
    let probability = Double(1 + (step * 7) % 16) / 16
    return HistoryPoint(
      probability: probability, entropy: 6 * (1 - probability), surprisal: Double((step * 7) % 9),
      kept: 1 << ((step * 5) % 13))
  }

  static let loop = LoopReading(
    phrase: "␣and␣the␣king", period: 3, copies: 4, copyMeans: [0.12, 0.35, 0.7, 0.97])

  /// Two series over sixty steps, the last twenty ahead.
  static func chart(width: Int, cursor: Int? = 20) -> Chart {
    Chart(
      title: "p(chosen)", note: "mean 53.1%",
      series: [
        Chart.Series(reading: "A author 81.2%", values: history.map(\.probability), ahead: 40),
        Chart.Series(reading: "B greedy 50.0%", values: history.map { 1 - $0.probability }, ahead: 40),
      ], axis: .percent,
      columns: ChartColumns(count: 60, width: width, cursor: cursor ?? 0, showsSingle: false), cursor: cursor)
  }

  static let help: [HelpEntry] = [
    HelpEntry(keys: "→ l", what: "step: choose the next token", group: "Steps"),
    HelpEntry(keys: "← h", what: "back", group: "Steps"),
    HelpEntry(keys: "Home End", what: "first, last step", group: "Steps"),
    HelpEntry(keys: "t T", what: "temperature down, up", group: "Sampler"),
    HelpEntry(keys: "p P", what: "top-p down, up", group: "Sampler"),
    HelpEntry(keys: "?", what: "this help", group: "Program"),
    HelpEntry(keys: "q", what: "quit", group: "Program"),
  ]

  static func tokens(_ prompt: String, _ generated: [String]) -> [TextPanelToken] {
    [TextPanelToken(bytes: Array(prompt.utf8), origin: .prompt)]
      + generated.map { TextPanelToken(bytes: Array($0.utf8), origin: .generated) }
  }

  /// One of every widget, with all its optional parts.
  static var widgets: [any Widget] {
    [
      Frame(title: "Next token", rightTitle: "ranks 1–20"), table(kept: 8), table(kept: 4096),
      table(kept: 300, from: 900),
      table(kept: 3, marks: [1: [.selected, .author], 5: .drawn], cutDisplay: .hidden),
      strip, DrawStrip(intervals: [], u: nil, note: "greedy: no draw"),
      HistoryPanel(points: history, cursor: 20, perplexity: 11.3, vocabularySize: 4096),
      HistoryPanel(points: [], cursor: nil, perplexity: nil, vocabularySize: 0), LoopMeter(loop: loop),
      LoopMeter(loop: nil),
      TextPanel(tokens: tokens("Once\n\u{1B}[2J upon 日本", [" a", " ti\u{301}me", "\u{202E}\t"])),
      TextPanel(tokens: tokens("a b c d e f g h i j k l m", [" n"]), scroll: .line(0)),
      StatusBar(segments: [.init("gpt2-viz", role: .title, priority: 2), .init("T 1.00", side: .right)]),
      KeyHintBar(hints: [.init(keys: "→", what: "step"), .init(keys: "q", what: "quit", priority: 1)]),
      HelpOverlay(entries: help, scroll: 2, footer: "Hold Shift to select text with the mouse."),
      MessageBar(kind: .warning, text: "The model could not be read."),
      ProgressLine(label: "Loading gpt2", fraction: 0.43, detail: "210 MB"),
      LessonBar(
        caption: "Press → and look at 日本.", number: 2, count: 12, isDone: false, hasNextLesson: false),
      LessonBar(caption: "", number: 1, count: 1, isDone: true, hasNextLesson: true),
      TooSmallNotice(minimum: Size(columns: 80, rows: 24)),
      chart(width: 60), chart(width: 20, cursor: nil),
      TextFieldView(label: "Prompt", field: TextInput("Once upon 日本 a time"), placeholder: "empty"),
    ]
  }
}

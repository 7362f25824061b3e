import LMCore
import Presentation

/// The measures of several strategies side by side, as a table, as CSV and as JSON, under the same names.
struct StudyTable {
  /// A strategy, or human text.
  struct Row {
    let name: String
    /// nil for human text.
    let method: DecodingMethod?
    let texts: [CollectedText]
    let measures: CollectionMeasures

    init(name: String, method: DecodingMethod?, texts: [CollectedText]) {
      (self.name, self.method, self.texts) = (name, method, texts)
      measures = CollectionMeasures(texts)
    }
  }

  /// A measure: its name, and how a table writes it.
  private struct Column {
    let name: String
    let value: @Sendable (CollectionMeasures) -> Double?
    private let number: @Sendable (Double) -> String
    /// Whether the value is only the least that it can be: then it has a name of its own in CSV and JSON.
    let isLeast: @Sendable (CollectionMeasures) -> Bool

    init(
      _ name: String, _ number: @escaping @Sendable (Double) -> String,
      isLeast: @escaping @Sendable (CollectionMeasures) -> Bool = { _ in false },
      _ value: @escaping @Sendable (CollectionMeasures) -> Double?
    ) {
      (self.name, self.number, self.isLeast, self.value) = (name, number, isLeast, value)
    }

    var leastName: String { name + "_at_least" }

    func text(_ measures: CollectionMeasures) -> String {
      value(measures).map { (isLeast(measures) ? "at least " : "") + number($0) } ?? "–"
    }
  }

  private static func decimals(_ count: Int) -> @Sendable (Double) -> String {
    { NumberFormat.fixed($0, decimals: count) }
  }

  private static let columns = [
    Column("texts", decimals(0)) { Double($0.textCount) },
    Column("perplexity", decimals(2), isLeast: \.hasLeastPerplexity, \.perplexity),
    Column("self_bleu4", decimals(3), \.selfBLEU4),
    Column("zipf", decimals(3), \.zipfCoefficient),
    Column("repetition", NumberFormat.percent, \.repetitionShare),
    Column("distinct_1", decimals(3), \.distinct1),
    Column("distinct_2", decimals(3), \.distinct2),
    Column("distinct_4", decimals(3), \.distinct4),
    Column("repeated_4grams", NumberFormat.percent, \.repeatedFourGramShare),
    Column("mean_length", decimals(1), \.meanLength),
    Column("ended", NumberFormat.percent, \.endedShare),
  ]

  let plan: StudyPlan
  let model: ModelProfile
  let rows: [Row]

  /// Aligned lines for people, in a terminal of so many columns; nil for a file.
  func text(columns: Int?) -> String {
    let cells = cells
    var table = TextTable(columns: [.left(cells.names[0])] + cells.names.dropFirst().map { .right($0) })
    for row in cells.rows { table.append(row) }
    return table.text(columns: columns)
  }

  /// The names of the columns, and each row as a table writes it.
  var cells: (names: [String], rows: [[String]]) {
    (
      ["strategy"] + Self.columns.map(\.name),
      rows.map { row in
        [withoutControls(row.name, except: [])]
          + Self.columns.map { $0.text(row.measures) }
      }
    )
  }

  /// RFC 4180, with line feeds; an unknown value is an empty field. What is only known to be at least so much stands in a column of
  /// its own behind the others.
  var csv: String {
    let bounded = Self.columns.filter { column in rows.contains { column.isLeast($0.measures) } }
    let lines = rows.map { row in
      func field(_ column: Column, least: Bool) -> String {
        guard column.isLeast(row.measures) == least else { return "" }
        return column.value(row.measures).map { NumberFormat.plain($0) } ?? ""
      }
      return [CSVWriter.field(JSON(row.name))] + Self.columns.map { field($0, least: false) }
        + bounded.map { field($0, least: true) }
    }
    let names = ["strategy"] + Self.columns.map(\.name) + bounded.map(\.leastName)
    return ([names] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  var json: JSON {
    [
      "model": JSON(model.name), "prompts": JSON(plan.prompts.count), "samples": JSON(plan.sampleCount),
      "tokens": JSON(plan.tokenCount), "seed": JSON(plan.seed),
      "rows": .array(
        rows.map { row in
          .object(
            [
              JSON.Member("strategy", JSON(row.name)), JSON.Member("settings", row.method?.json ?? .null),
            ]
              + Self.columns.flatMap { column in
                let value = column.value(row.measures).map { Self.number($0) } ?? .null
                guard column.isLeast(row.measures) else { return [JSON.Member(column.name, value)] }
                return [JSON.Member(column.name, .null), JSON.Member(column.leastName, value)]
              })
        }),
    ]
  }

  /// Counts without a point.
  private static func number(_ value: Double) -> JSON { Int(exactly: value).map { JSON($0) } ?? JSON(value) }
}

extension NumberFormat {
  /// The fewest digits that restore a number; empty where it is not finite.
  fileprivate static func plain(_ value: Double) -> String { value.isFinite ? shortest(value) : "" }
}

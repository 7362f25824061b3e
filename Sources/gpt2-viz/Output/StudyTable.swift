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
    let text: @Sendable (Double) -> String

    init(
      _ name: String, _ text: @escaping @Sendable (Double) -> String,
      _ value: @escaping @Sendable (CollectionMeasures) -> Double?
    ) {
      (self.name, self.text, self.value) = (name, text, value)
    }
  }

  private static func decimals(_ count: Int) -> @Sendable (Double) -> String {
    { NumberFormat.fixed($0, decimals: count) }
  }

  private static let columns = [
    Column("texts", decimals(0)) { Double($0.textCount) },
    Column("perplexity", decimals(2), \.perplexity),
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

  /// Aligned lines for people.
  var text: String {
    let cells = cells
    var table = TextTable(columns: [.left(cells.names[0])] + cells.names.dropFirst().map { .right($0) })
    for row in cells.rows { table.append(row) }
    return table.text
  }

  /// The names of the columns, and each row as a table writes it.
  var cells: (names: [String], rows: [[String]]) {
    (
      ["strategy"] + Self.columns.map(\.name),
      rows.map { row in
        [withoutControls(row.name, except: [])]
          + Self.columns.map { column in column.value(row.measures).map(column.text) ?? "–" }
      }
    )
  }

  /// RFC 4180, with line feeds; an unknown value is an empty field.
  var csv: String {
    let lines = rows.map { row in
      ["\"\(row.name.escaped { $0 == "\"" ? "\"\"" : nil })\""]
        + Self.columns.map { column in column.value(row.measures).map { NumberFormat.plain($0) } ?? "" }
    }
    return ([["strategy"] + Self.columns.map(\.name)] + lines).map { $0.joined(separator: ",") + "\n" }
      .joined()
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
              + Self.columns.map { column in
                JSON.Member(column.name, column.value(row.measures).map { Self.number($0) } ?? .null)
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

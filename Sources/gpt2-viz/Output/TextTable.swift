import Presentation

/// Columns of text, aligned.
struct TextTable {
  struct Column {
    let title: String
    let alignsRight: Bool

    static func left(_ title: String) -> Column { Column(title: title, alignsRight: false) }
    static func right(_ title: String) -> Column { Column(title: title, alignsRight: true) }
  }

  private let columns: [Column]
  private var rows: [(cells: [String], isDim: Bool)] = []

  init(columns: [Column]) { self.columns = columns }

  /// `isDim` writes the row in faint letters, by an escape code: for terminals only.
  mutating func append(_ cells: [String], isDim: Bool = false) {
    precondition(cells.count == columns.count, "a cell for each column")
    rows.append((cells, isDim))
  }

  private static let gap = 2

  /// Every line with its line feed; no trailing blanks.
  var text: String { text(columns: nil) }

  /// The same in a terminal of so many columns: what does not fit beside the first column stands below, behind the first column again.
  func text(columns room: Int?) -> String {
    let lines = [(cells: columns.map(\.title), isDim: false)] + rows
    let widths = columns.indices.map { column in
      lines.map { CellWidth.width(of: $0.cells[column]) }.max() ?? 0
    }
    var parts: [[Int]] = [[0]]
    var width = widths.first ?? 0
    for column in columns.indices.dropFirst() {
      width += Self.gap + widths[column]
      // The last column stays free: some terminals wrap when it is written.
      if let room, width >= room, parts[parts.count - 1].count > 1 {
        parts.append([0])
        width = widths[0] + Self.gap + widths[column]
      }
      parts[parts.count - 1].append(column)
    }
    return parts.map { shown in
      lines.map { line in
        var text = ""
        for column in shown {
          let cell = line.cells[column]
          let blanks = String(repeating: " ", count: widths[column] - CellWidth.width(of: cell))
          text += column == 0 ? "" : String(repeating: " ", count: Self.gap)
          text += columns[column].alignsRight ? blanks + cell : cell + blanks
        }
        while text.last == " " { text.removeLast() }
        return (line.isDim ? "\u{1B}[2m\(text)\u{1B}[0m" : text) + "\n"
      }.joined()
    }.joined(separator: "\n")
  }
}

/// Draws shares as bars: in eighths of a column where the terminal has block characters, else in whole columns.
struct BarPicture {
  let drawsBlocks: Bool

  /// `share` in 0...1 of `width` columns.
  func bar(_ share: Double, width: Int) -> String {
    drawsBlocks ? Bar.text(share, width: width, glyphs: .blocks) : Bar.wholeColumns(share, width: width)
  }

  /// The same with the rest of its columns filled.
  func wholeBar(_ share: Double, width: Int) -> String {
    let bar = bar(share, width: width)
    return bar + String(repeating: drawsBlocks ? " " : ".", count: width - bar.count)
  }

  /// The first of these lines that fits; of the last one, if need be, as much of its first part.
  static func line(_ forms: [[String]], columns: Int) -> String {
    // The last column stays free: some terminals wrap when it is written.
    forms.map { $0.joined(separator: "  ") }.first { $0.count < columns }
      ?? String((forms.last?.first ?? "").prefix(max(columns - 1, 0)))
  }
}

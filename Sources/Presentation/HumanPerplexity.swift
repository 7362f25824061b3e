import LMCore

/// The perplexity that a model itself gives to text that people wrote: the only figure that its own text's perplexity can
/// be compared with.
package struct HumanPerplexity: Hashable, Sendable {
  package let value: Double
  /// Where the figure is from: `WebText`.
  package let text: String

  private static let known: [(name: String, parameterCount: Int, value: Double, text: String)] = [
    // Measured on the tales that its training left out; Documentation/storyteller has the figures.
    ("storyteller", 5_918_720, 22.9, "tales it has not seen"),
    // Table 1 of arXiv 1904.09751.
    ("gpt2-large", 774_030_080, 12.38, "WebText"),
  ]

  /// nil for a model of which no figure is known.
  ///
  /// - Parameter name: `storyteller`, `openai-community/gpt2-large`, or a folder.
  package init?(of name: String, _ parameterCount: Int) {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    let match = Self.known.first { $0.name == last && $0.parameterCount == parameterCount }
    guard let match else { return nil }
    (value, text) = (match.value, match.text)
  }

  /// `human 22.9`
  package var brief: String { "human \(NumberFormat.shortest(value))" }

  /// The longest form within so many columns.
  package func fitting(_ columns: Int) -> String {
    [brief + ", " + text, brief].first { CellWidth.width(of: $0) <= columns } ?? ""
  }

  /// As a column of short lines.
  package var lines: [String] { [brief + " on"] + TextFit.wrap(text, columns: 14) }
}

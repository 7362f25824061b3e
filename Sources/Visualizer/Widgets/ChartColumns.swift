/// The places of a chart's values, which are numbered from 0: each has one column or several, or several share one.
struct ChartColumns: Hashable {
  /// The number of all values.
  let count: Int
  /// The first value on screen.
  let first: Int
  /// The values that share a column; 1 where each has its own.
  let valuesEach: Int
  /// The columns of a value, a blank one included; 1 where values share columns.
  let columnsEach: Int
  /// The number of places on screen.
  let places: Int

  /// Wider bars would look like areas.
  private static let widest = 4

  /// - Parameters:
  ///   - showsSingle: values do not share columns: where not all fit, those around the cursor are shown.
  init(count: Int, width: Int, cursor: Int, showsSingle: Bool) {
    self.count = count
    let width = max(width, 1)
    let sharesColumns = count > width && !showsSingle
    valuesEach = sharesColumns ? (count + width - 1) / width : 1
    columnsEach = min(max(width / max(count, 1), 1), Self.widest)
    first = sharesColumns ? 0 : min(max(cursor - width / 2, 0), max(count - width, 0))
    places = min((count - first + valuesEach - 1) / valuesEach, width)
  }

  /// The columns that a bar fills.
  var barWidth: Int { columnsEach > 1 ? columnsEach - 1 : 1 }

  /// The values on screen.
  var shown: Range<Int> { first..<min(first + places * valuesEach, count) }

  /// The values of a place.
  func values(at place: Int) -> Range<Int> {
    let start = first + place * valuesEach
    return start..<min(start + valuesEach, count)
  }

  /// The mean of what a place shows; nil where it has no value.
  func mean(of values: [Double?], at place: Int) -> Double? {
    let known = values[self.values(at: place).clamped(to: values.indices)].compactMap(\.self)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// The first column of a value, from 0; nil where it is not on screen.
  func column(of value: Int) -> Int? {
    shown.contains(value) ? (value - first) / valuesEach * columnsEach : nil
  }
}

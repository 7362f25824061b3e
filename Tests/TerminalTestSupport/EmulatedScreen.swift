import CNcurses

/// As much of xterm as curses writes for it: characters, styles and modes.
public struct EmulatedScreen {
  public struct Style: Hashable, Sendable {
    /// nil is the terminal's own.
    public var foreground: Int?
    public var background: Int?
    public var isBold = false
    public var isDim = false
    public var isItalic = false
    public var isUnderlined = false
    public var isReversed = false

    public init(
      foreground: Int? = nil, background: Int? = nil, isBold: Bool = false, isUnderlined: Bool = false
    ) {
      self.foreground = foreground
      self.background = background
      self.isBold = isBold
      self.isUnderlined = isUnderlined
    }
  }

  public struct Cell: Hashable {
    /// A character with its marks; "" where a wide one covers the cell.
    public var text = " "
    public var style = Style()
  }

  public private(set) var columns: Int
  public private(set) var rows: Int
  public private(set) var cells: [[Cell]]
  public private(set) var isAlternate = false
  public private(set) var isCursorVisible = true
  public private(set) var pastesAreBracketed = false
  public private(set) var mouseIsReported = false
  public private(set) var cursorKeysAreApplication = false
  /// Between the marks of a frame: nothing of it is shown yet.
  public private(set) var isHeld = false
  /// Sequences that it does not know: a test expects none.
  public private(set) var unknown: [String] = []
  private var style = Style()
  private var x = 0
  private var y = 0
  private var pending: [UInt8] = []
  private var last: Unicode.Scalar = " "
  /// The rows that scroll.
  private var region: Range<Int>

  /// For wcwidth; set once, since tests run side by side. Only the character type, as the program itself does.
  private static let locale = setlocale(LC_CTYPE, "C.UTF-8").map { String(cString: $0) }

  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    region = 0..<rows
    cells = Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
    _ = Self.locale
  }

  mutating func resize(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    region = 0..<rows
    cells = Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
    (x, y) = (0, 0)
  }

  /// The characters, a line a row, without trailing blanks.
  public var text: String {
    cells.map { row in
      var line = row.map(\.text).joined()
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  public var lines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The styles of the first place where the text stands in one row.
  public func styles(of wanted: String) -> [Style]? {
    for row in cells {
      for start in row.indices {
        var found = ""
        var styles: [Style] = []
        for cell in row[start...] where wanted.hasPrefix(found + cell.text) {
          found += cell.text
          styles.append(cell.style)
          if found == wanted { return styles }
        }
      }
    }
    return nil
  }

  public mutating func feed(_ new: some Sequence<UInt8>) {
    pending += new
    var at = 0
    while at < pending.count, let used = step(pending[at...]) { at += used }
    pending.removeFirst(at)
  }

  /// Handles one character or sequence and returns its length, or nil when it is not all there yet.
  private mutating func step(_ bytes: ArraySlice<UInt8>) -> Int? {
    let first = bytes[bytes.startIndex]
    switch first {
    case 0x1B: return escape(bytes)
    case 0x0D: x = 0
    case 0x0A:
      if y == region.upperBound - 1 { scroll(region, by: 1) } else { y = min(y + 1, rows - 1) }
    case 0x08: x = max(min(x, columns - 1) - 1, 0)
    case 0..<0x20: break
    default:
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      guard bytes.count >= length else { return nil }
      for scalar in String(decoding: bytes.prefix(length), as: UTF8.self).unicodeScalars { put(scalar) }
      return length
    }
    return 1
  }

  private mutating func escape(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count > 1 else { return nil }
    switch bytes[bytes.startIndex + 1] {
    case UInt8(ascii: "["):
      guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
      let parameters = String(decoding: bytes[(bytes.startIndex + 2)..<end], as: UTF8.self)
      control(parameters, Character(Unicode.Scalar(bytes[end])))
      return end - bytes.startIndex + 1
    case UInt8(ascii: "]"):
      // A command to the window, ended by a bell.
      return bytes.firstIndex(of: 0x07).map { $0 - bytes.startIndex + 1 }
    case UInt8(ascii: "("), UInt8(ascii: ")"): return bytes.count > 2 ? 3 : nil
    case UInt8(ascii: "M"):
      if y == region.lowerBound { scroll(region, by: -1) } else { y = max(y - 1, 0) }
    default: break
    }
    return 2
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let width = Int(wcwidth(wchar_t(scalar.value)))
    if width <= 0 {
      // A mark joins the character before it, which may be the left half of a wide one.
      let before = x > 1 && cells[y][x - 1].text.isEmpty ? x - 2 : x - 1
      if width == 0, before >= 0 { cells[y][before].text.unicodeScalars.append(scalar) }
      if width < 0 { unknown.append("unprintable U+\(String(scalar.value, radix: 16))") }
      return
    }
    if x + width > columns {
      x = 0
      y = min(y + 1, rows - 1)
    }
    cells[y][x] = Cell(text: String(Character(scalar)), style: style)
    if width == 2, x + 1 < columns { cells[y][x + 1] = Cell(text: "", style: style) }
    (x, last) = (x + width, scalar)
  }

  private mutating func control(_ parameters: String, _ final: Character) {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let count = max(numbers.first ?? 1, 1)
    switch final {
    case "H":
      y = min(count, rows) - 1
      x = min(numbers.count > 1 ? max(numbers[1], 1) : 1, columns) - 1
    case "d": y = min(count, rows) - 1
    case "G": x = min(count, columns) - 1
    case "A": y = max(y - count, 0)
    case "B": y = min(y + count, rows - 1)
    case "C": x = min(x + count, columns - 1)
    case "D": x = max(min(x, columns - 1) - count, 0)
    case "J", "K", "X", "P", "@": erase(final, numbers.first ?? 0, count)
    case "b": for _ in 0..<count { put(last) }
    case "h", "l": setMode(parameters, isOn: final == "h")
    case "m": setStyle(numbers)
    case "S": scroll(region, by: count)
    case "T": scroll(region, by: -count)
    case "M" where region.contains(y): scroll(y..<region.upperBound, by: count)
    case "L" where region.contains(y): scroll(y..<region.upperBound, by: -count)
    case "r":
      let bottom = min(numbers.count > 1 && numbers[1] > 0 ? numbers[1] : rows, rows)
      region = min(count - 1, bottom - 1)..<bottom
      (x, y) = (0, 0)
    case "t": break
    // A question, which a test answers.
    case "c": break
    default: unknown.append(parameters + String(final))
    }
  }

  /// Moves rows up, or down where `count` is negative; blank ones come in behind.
  private mutating func scroll(_ rows: Range<Int>, by count: Int) {
    let blank = Array(
      repeating: Cell(text: " ", style: Style(foreground: nil, background: style.background)), count: columns)
    let old = cells
    for row in rows {
      cells[row] = rows.contains(row + count) ? old[row + count] : blank
    }
  }

  private mutating func erase(_ final: Character, _ kind: Int, _ count: Int) {
    let blank = Cell(text: " ", style: Style(foreground: nil, background: style.background))
    let column = min(x, columns - 1)
    switch final {
    case "J":
      if kind == 0 { for place in column..<columns { cells[y][place] = blank } }
      for row in (kind == 2 ? 0 : y + 1)..<max(rows, y + 1) {
        cells[row] = Array(repeating: blank, count: columns)
      }
    case "K":
      for place in kind == 1 ? 0..<column + 1 : column..<columns { cells[y][place] = blank }
    case "X":
      for place in column..<min(column + count, columns) { cells[y][place] = blank }
    case "P":
      cells[y].removeSubrange(column..<min(column + count, columns))
      while cells[y].count < columns { cells[y].append(blank) }
    default:
      cells[y].insert(contentsOf: Array(repeating: blank, count: count), at: column)
      cells[y].removeLast(cells[y].count - columns)
    }
  }

  private mutating func setMode(_ parameters: String, isOn: Bool) {
    for mode in parameters.drop(while: { $0 == "?" }).split(separator: ";") {
      switch mode {
      case "1049": isAlternate = isOn
      case "25": isCursorVisible = isOn
      case "2004": pastesAreBracketed = isOn
      case "1000", "1002", "1003", "1006": mouseIsReported = isOn
      case "1": cursorKeysAreApplication = isOn
      case "2026": isHeld = isOn
      default: break
      }
    }
  }

  private mutating func setStyle(_ numbers: [Int]) {
    var rest = numbers.isEmpty ? [0] : numbers[...]
    while let number = rest.popFirst() {
      switch number {
      case 0: style = Style()
      case 1: style.isBold = true
      case 2: style.isDim = true
      case 3: style.isItalic = true
      case 4: style.isUnderlined = true
      case 7: style.isReversed = true
      case 22: (style.isBold, style.isDim) = (false, false)
      case 23: style.isItalic = false
      case 24: style.isUnderlined = false
      case 27: style.isReversed = false
      case 30...37: style.foreground = number - 30
      case 90...97: style.foreground = number - 82
      case 40...47: style.background = number - 40
      case 100...107: style.background = number - 92
      case 38, 48:
        guard rest.popFirst() == 5, let index = rest.popFirst() else { return unknown.append("\(numbers)m") }
        if number == 38 { style.foreground = index } else { style.background = index }
      case 39: style.foreground = nil
      case 49: style.background = nil
      default: unknown.append("\(number)m")
      }
    }
  }
}
